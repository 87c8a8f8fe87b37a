"""Licence keys over the merchant API and the customer's."""
