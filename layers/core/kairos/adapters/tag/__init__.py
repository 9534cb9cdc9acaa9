"""The script tag: what a shop's pages load. Light imports only."""
