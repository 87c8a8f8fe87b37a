"""Webhooks over the merchant API."""
