"""Money on its way to merchants: payout accounts, payouts, and the tries to have them in a bank.

Owns no balances: the ledger says what may be paid out. What is paid is booked there, too.
"""
