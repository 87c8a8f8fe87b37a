"""Requests to servers of strangers: judged, pinned, bounded in time and size."""
