"""Months of the demo shop's life: played in memory by the product's own services, then put into the stack."""
