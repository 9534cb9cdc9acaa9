"""A small shop to click through, on this machine alone: what a shop's own site does with the script tag."""
