"""Deliveries that could not be recorded: kept for their shop, shown with the reason, and sent again."""
