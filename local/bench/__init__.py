"""`make bench`: what Kairos costs, as ratios within one run on the machine at hand."""
