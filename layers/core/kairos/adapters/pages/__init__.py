"""The hosted pages as HTML: no script, nothing loaded from anywhere, four languages."""
