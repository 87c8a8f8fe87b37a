"""Subscriptions over the merchant API."""
