"""The engine: all of a shop's segments as one query over columns, read from the snapshot."""
