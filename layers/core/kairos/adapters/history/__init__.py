"""Files of history: bytes become rows, rows become the snapshots that a shop's webhooks would have told.

Nothing here knows where a file lies or what is stored of it (see services/importing).
"""
