"""The merchant API of files."""
