"""Input of the benefit endpoints."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.api.inputs import ChoiceField, MapField, TextField
from apps.benefits.inputs import BenefitInput
from apps.benefits.models import Benefit

VISIBILITIES = tuple(sorted(Benefit.Visibility.values))


class BenefitFields(serializers.Serializer[Any]):
    """What new and changed benefits share; the properties are read by the type's strategy."""

    metadata = MapField(required=False)
    type = TextField()
    visibility = ChoiceField(choices=VISIBILITIES, required=False, allow_null=True)


class BenefitCreateInput(BenefitFields):
    """A new benefit."""

    description = TextField(min_length=3, max_length=42)
    properties = MapField(required=False)
    organization_id = TextField(required=False, allow_null=True)


class BenefitUpdateInput(BenefitFields):
    """A change of a benefit; what is absent or null stays."""

    description = TextField(required=False, allow_null=True, min_length=3, max_length=42)
    properties = MapField(required=False, allow_null=True)


class ProductBenefitsInput(serializers.Serializer[Any]):
    """The benefits of a product, in their order."""

    benefits = serializers.ListField(child=serializers.UUIDField())


class GrantUpdateInput(serializers.Serializer[Any]):
    """What a customer may say about a grant."""

    benefit_type = TextField()
    properties = MapField(required=False)


def benefit_input(values: dict[str, Any]) -> BenefitInput:
    """The checked body of a creation as the operation takes it."""
    return BenefitInput(
        type=values["type"],
        description=values["description"],
        properties=values.get("properties") or {},
        visibility=values.get("visibility"),
        metadata=values.get("metadata") or {},
    )
