"""The segments that come with every shop, which a marketer copies and tunes."""
