"""The balance of a customer with a merchant, per currency: credit, debt, and every movement of it.

Owns no orders: they say what they take or give, it keeps the rows and posts them to the ledger.
"""
