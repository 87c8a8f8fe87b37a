"""Compares what we booked with what the processor says, and plans the repair of every difference.

Owns no money: repairs are operations of the apps below.
"""
