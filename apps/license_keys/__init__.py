"""Licence keys: generation, limits, activations, validation at high speed, import and export.

Who holds one is decided by grants of `benefits`.
"""
