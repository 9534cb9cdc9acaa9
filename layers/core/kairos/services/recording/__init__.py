"""Recording: a delivery from the queue becomes items, a profile and events, losing and doubling nothing.

The order of steps makes every crash harmless. Links, pointers and traces come before the document that
they lead to, the document before the fold, the fold before the events, the events before the record is
acknowledged; and a redelivery goes through all of them again, writing only what is missing.
"""
