"""Payouts over the merchant API."""
