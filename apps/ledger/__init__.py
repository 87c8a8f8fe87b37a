"""Double entry: accounts, entries, transfers, balances, platform fees. It never moves real money."""
