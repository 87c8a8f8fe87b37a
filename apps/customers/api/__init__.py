"""The merchant API of customers."""
