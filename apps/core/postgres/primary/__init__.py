"""The primary, where there is a replica beside it."""
