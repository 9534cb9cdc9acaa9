"""What visitors do on a shop's site: told, compacted into files by day, and shown."""
