"""Licence keys in files: the columns, reading and writing them. No database."""
