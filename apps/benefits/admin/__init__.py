"""Benefits and grants, for staff."""

from apps.benefits.admin import benefits, credentials, grants, panels, resyncs

__all__ = ["benefits", "credentials", "grants", "panels", "resyncs"]
