"""Benefits and grants, for staff."""

from apps.benefits.admin import benefits, grants, panels, resyncs

__all__ = ["benefits", "grants", "panels", "resyncs"]
