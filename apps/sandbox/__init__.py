"""The test clock of sandbox organizations: a year of renewals in a minute, everything in order.

Owns no deadline of others: apps register their timers (`apps.core.timers`), it lives through them.
"""
