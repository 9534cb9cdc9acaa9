"""What a step may do in place of sending a message: one file and one line in the registry each."""
