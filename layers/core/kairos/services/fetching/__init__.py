"""Fetching from the shops' APIs what their webhooks name by an id alone."""
