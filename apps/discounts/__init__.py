"""Discounts: what is taken off, for how long, for whom; their codes, limits and redemptions.

Owns no amounts of orders or checkouts: it says what comes off, they keep it.
"""
