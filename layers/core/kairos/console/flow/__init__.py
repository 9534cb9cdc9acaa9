"""Scenarios as graphs: from the definition of their state machine to a drawing with numbers."""
