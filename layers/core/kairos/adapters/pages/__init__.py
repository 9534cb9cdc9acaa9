"""The hosted pages as HTML: complete without script, nothing loaded from elsewhere, four languages."""
