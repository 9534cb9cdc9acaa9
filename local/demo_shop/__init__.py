"""A demo shop made up from a seed: its people, its catalogue, its history, told as Shopify tells them."""
