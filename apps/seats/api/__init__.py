"""The APIs of seats: the merchant's, the customer's, and that of invited people."""
