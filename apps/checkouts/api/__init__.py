"""Checkouts over the API: of merchants with a token, of buyers with a client secret."""
