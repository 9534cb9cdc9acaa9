"""The scenarios in the box: one file and one line in the registry each."""
