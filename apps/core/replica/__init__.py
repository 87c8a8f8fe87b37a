"""
Reading from a streaming replica: which request may, which may not yet, and what if it is gone.

Views say `prefer_replica()` where they list or export. Nothing else knows of replicas; without
`DATABASE_REPLICA_URL` that does nothing, and neither router nor middleware is installed.
"""

from apps.core.replica.route import note_caller, prefer_replica, reading_alias

__all__ = ["note_caller", "prefer_replica", "reading_alias"]
