"""Orders over the merchant API."""
