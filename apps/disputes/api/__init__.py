"""Disputes over the merchant API."""
