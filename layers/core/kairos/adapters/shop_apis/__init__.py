"""Shops' own APIs, as far as we ask them to do something: one file each."""
