"""Kairos: customer segmentation and marketing automation in a shop's own AWS account."""
