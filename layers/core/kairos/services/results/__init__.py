"""What scenarios bring, counted on the snapshot."""
