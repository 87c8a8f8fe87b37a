"""Refunds: planned, asked for, recorded as the processor tells them, and looked after."""
