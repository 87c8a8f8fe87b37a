"""Organizations."""

from __future__ import annotations

from typing import Any

from tests.journeys.declared_errors.scene import OF_LIST, OF_ONE, Call, Rows, Scene, cannot


def own(call: Call, scene: Scene, **changes: Any) -> Any:
    """Change the merchant's own organization."""
    return call(str(scene.merchant.organization.pk), **changes)


ROWS: Rows = {
    "organizations.list": OF_LIST,
    "organizations.create": {
        "CannotCreateOrganizationError": lambda call, scene: call(name="New", slug="new"),
        "HTTPValidationError": cannot("whatever is in it, tokens create no organizations"),
    },
    "organizations.get": OF_ONE,
    "organizations.update": {
        **OF_ONE,
        "NotPermitted": cannot("an access token has no role that could forbid it"),
        "DisputeAutoAcceptNotEnabled": lambda call, scene: own(
            call, scene, dispute_settings={"auto_accept_below_amount": 500}
        ),
        "SSOEnforcementRequiresConnection": lambda call, scene: own(call, scene, sso_enforced=True),
    },
}
