"""The test clock over the merchant API."""
