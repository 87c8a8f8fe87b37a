"""Merchants: settings, status and capabilities, members, access tokens."""
