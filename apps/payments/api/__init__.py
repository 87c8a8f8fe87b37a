"""Payments over the merchant API."""
