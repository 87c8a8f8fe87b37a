"""Reads that cross domains."""
