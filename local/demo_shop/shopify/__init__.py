"""Webhook bodies in the shapes that Shopify sends (API version 2024-10)."""
