"""The replica, which the primary stands in for."""
