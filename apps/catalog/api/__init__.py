"""The merchant API of the catalog."""
