"""The columnar files of what visitors do on a shop's site, and what is counted on them."""
