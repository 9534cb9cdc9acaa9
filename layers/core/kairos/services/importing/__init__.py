"""Imports of history: from a file in the bucket to items, resumable at any point, and telling nobody twice.

A file is first cut into parts, so that all rows of one order lie in the same part. Then part after part is
stored: every write is of an item that reads the same however often it is written, or is conditional, so
that a part that a crash cut short is simply done again. The progress is one item, changed only by whoever
read it last: of two workers on one import the slower stops.
"""
