"""The verbs of licence keys."""

from apps.license_keys.operations.activating import (
    Activation,
    activate_key,
    deactivate_key,
)
from apps.license_keys.operations.granting import (
    grant_key,
    revoke_key_of_grant,
)
from apps.license_keys.operations.validating import validate_key

__all__ = [
    "Activation",
    "activate_key",
    "deactivate_key",
    "grant_key",
    "revoke_key_of_grant",
    "validate_key",
]
