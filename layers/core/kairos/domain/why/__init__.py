"""What decisions are called in each language: one file for each."""
