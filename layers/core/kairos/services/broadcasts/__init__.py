"""Broadcasts: made, started, paged into a queue, decided for member by member, stopped and resumed."""
