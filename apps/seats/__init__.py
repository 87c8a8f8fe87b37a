"""Who sits on the seats that a customer has bought: invited, claimed, taken back.

Owns no subscriptions or orders: they say how many seats there are and whether they give anything.
"""
