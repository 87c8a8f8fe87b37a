"""Staff roles: each sees and does what those before it may."""

from typing import Any

VIEWER = "viewer"
SUPPORT = "support"
FINANCE = "finance"
ADMIN = "admin"

RANKS = (VIEWER, SUPPORT, FINANCE, ADMIN)


def reaches(user: Any, role: str) -> bool:
    """Whether an active staff member's role is `role` or above; false for everybody else."""
    held = getattr(user, "staff_role", "")
    if not getattr(user, "is_active", False) or held not in RANKS:
        return False
    return RANKS.index(held) >= RANKS.index(role)
