"""Discounts over the merchant API."""
