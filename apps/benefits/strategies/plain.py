"""Benefits that are a fact and nothing more: a note, a flag, a credit for a meter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from apps.benefits.models import Benefit
from apps.benefits.strategies import cleaning
from apps.benefits.strategies.base import Properties, Strategy
from apps.organizations.models import Organization

LONGEST_NOTE = 4000
INT_MAX = 2**31 - 1


class CustomStrategy(Strategy):
    """A note that the customer may read; what it promises is up to the merchant."""

    type = "custom"
    label = "Note"
    is_visibility_configurable = True

    def clean(
        self,
        organization: Organization,
        given: Mapping[str, Any],
        before: Mapping[str, Any] | None = None,
    ) -> Properties:
        """`note`: text, or null for none."""
        note = given.get("note")
        if note is None or note == "":
            return {"note": None}
        return {"note": cleaning.text(given, "note", longest=LONGEST_NOTE)}


class FeatureFlagStrategy(Strategy):
    """A switch in the merchant's own software, which reads it from the customer's state."""

    type = "feature_flag"
    label = "Feature flag"
    is_visibility_configurable = True
    default_visibility = Benefit.Visibility.PRIVATE

    def clean(
        self,
        organization: Organization,
        given: Mapping[str, Any],
        before: Mapping[str, Any] | None = None,
    ) -> Properties:
        """None: what the flag says is in the benefit's metadata."""
        return {}


class MeterCreditStrategy(Strategy):
    """
    Units on a meter. Without meters in this installation a grant credits nothing yet: it is kept,
    and says so by having no `last_credited_…` among its properties.
    """

    type = "meter_credit"
    label = "Meter credit"
    is_visibility_configurable = True

    def clean(
        self,
        organization: Organization,
        given: Mapping[str, Any],
        before: Mapping[str, Any] | None = None,
    ) -> Properties:
        """`meter_id`, `units` (above 0) and whether what is left at the end rolls over."""
        try:
            meter_id = str(UUID(str(given.get("meter_id"))))
        except ValueError as error:
            raise cleaning.wrong(
                "meter_id",
                "Input should be a valid UUID",
                given.get("meter_id"),
                kind="uuid_parsing",
            ) from error
        return {
            "meter_id": meter_id,
            "units": cleaning.whole(given, "units", least=1, most=INT_MAX),
            "rollover": cleaning.flag(given, "rollover"),
        }
