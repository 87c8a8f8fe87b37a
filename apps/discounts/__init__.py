"""
Discounts: what is taken off a price, from whom and for how long.

It owns the arithmetic of a discount. It does not know what is sold, nor what a period is.
"""
