"""Reads of both sides: what the books have, and what a line of the statement is here."""
