"""A customer's timeline, gathered from all that is kept of them."""
