"""The wallets of customers over the merchant API."""
