"""Disputes and warnings before them: their life, what they cost, and the evidence against them.

Money goes back through refunds of `payments`; what the processor takes is booked in `ledger`.
"""
