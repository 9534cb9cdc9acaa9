"""The closed registry of segment criteria: one file per family, model and meaning together."""
