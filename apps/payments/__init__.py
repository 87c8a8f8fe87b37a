"""Money in: payments, payment methods, declines, and the payment lock of an order."""
