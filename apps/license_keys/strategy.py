"""How benefits of type `license_keys` are granted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from apps.benefits.strategies import Refused, Strategy, Work
from apps.license_keys.errors import KeyTaken
from apps.license_keys.models import LicenseKey
from apps.license_keys.operations import grant_key, revoke_key_of_grant
from apps.license_keys.terms import TYPE, read_terms
from apps.organizations.models import Organization

# What a grant may carry: the key that it is to have, from an import.
OWN_KEY = "user_provided_key"


class LicenseKeysStrategy(Strategy):
    """A key for each grant."""

    type = TYPE
    label = "Licence keys"
    is_revoked_singly = True
    is_visibility_configurable = True

    def clean(
        self,
        organization: Organization,
        given: Mapping[str, Any],
        before: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """
        Prefix, expiry and limits, as they are stored.

        :raises ValidationFailed: with every problem of the properties.
        """
        return read_terms(given).properties()

    def grant(self, work: Work) -> dict[str, Any]:
        """
        The key of the grant, made or brought back.

        :raises Refused: if the key that the grant is to have is taken.
        """
        try:
            key = grant_key(
                grant=work.grant,
                benefit=work.benefit,
                key=work.properties.get(OWN_KEY),
                is_update=work.is_update,
                origin=work.origin,
            )
        except KeyTaken as error:
            raise Refused(error.detail) from error
        return {**work.properties, **shown_on_grant(key)}

    def revoke(self, work: Work) -> dict[str, Any]:
        """The key no longer holds; it is kept for another grant."""
        revoke_key_of_grant(grant=work.grant, origin=work.origin)
        return work.properties

    def needs_update(self, before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
        """Limits and expiry reach the keys there are; a prefix is for those to come."""
        names = ("expires", "activations", "limit_usage")
        return any(before.get(name) != after.get(name) for name in names)


def shown_on_grant(key: LicenseKey) -> dict[str, str]:
    """What the grant says of its key."""
    return {"license_key_id": str(key.pk), "display_key": key.display_key}
