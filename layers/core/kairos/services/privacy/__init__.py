"""What privacy law gives people: a copy of what is kept of them, and its erasure."""
