"""The hosted forms: who may open one, what it asks, and what becomes of the answers."""
