"""Reserves: set, taken of what is available and of sales, given back, made to last longer."""
