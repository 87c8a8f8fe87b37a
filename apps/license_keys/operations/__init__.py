"""The verbs of licence keys."""

from apps.license_keys.operations.activating import (
    Activation,
    activate_key,
    deactivate_key,
    release_device,
)
from apps.license_keys.operations.changing import (
    plan_license_key_rotation,
    plan_license_key_update,
    rotate_license_key,
    update_license_key,
)
from apps.license_keys.operations.following import align_grant_with_key
from apps.license_keys.operations.granting import (
    grant_key,
    revoke_key_of_grant,
)
from apps.license_keys.operations.imports import (
    apply_import,
    check_import,
    discard_import,
    plan_import,
    progress_of,
    receive_import,
    recheck_import,
    run_import,
)
from apps.license_keys.operations.validating import validate_key

__all__ = [
    "Activation",
    "activate_key",
    "align_grant_with_key",
    "apply_import",
    "check_import",
    "deactivate_key",
    "discard_import",
    "grant_key",
    "plan_import",
    "plan_license_key_rotation",
    "plan_license_key_update",
    "progress_of",
    "receive_import",
    "recheck_import",
    "release_device",
    "revoke_key_of_grant",
    "rotate_license_key",
    "run_import",
    "update_license_key",
    "validate_key",
]
