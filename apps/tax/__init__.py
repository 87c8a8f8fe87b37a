"""Tax: behaviour, splitting, tax ids, addresses, and the calculator port."""
