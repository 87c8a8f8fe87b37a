"""The engine of what recurs: periods, trials, changes, cycles and dunning.

Owns no charge: it makes orders, and hears from payments what became of them.
"""
