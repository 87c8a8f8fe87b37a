"""
Double entry: accounts, entries, transfers, balances, platform fees.

It records what happened to money and never moves real money; orders, payments and payouts
tell it what happened.
"""
