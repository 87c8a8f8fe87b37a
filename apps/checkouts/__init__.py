"""Checkout sessions and the hosted page: from open to fulfilled exactly once."""
