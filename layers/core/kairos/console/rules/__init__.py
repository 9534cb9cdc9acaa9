"""Rules as people see them: as a tree of forms, and as a sentence."""
