"""Reconciliation: asking shops for what their webhooks did not bring, and recording it by the same way."""
