"""What visitors do on a shop's site, as marketers are shown it: rows, places and figures."""
