"""Input of the customer endpoints."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.api.inputs import ChoiceField, EmailField, MapField, TextField
from apps.customers.inputs import CustomerInput, OwnerInput

CUSTOMER_TYPES = ("individual", "team")


class AddressInput(serializers.Serializer[Any]):
    """A billing address; the country alone is enough."""

    line1 = TextField(required=False, allow_null=True, max_length=255)
    line2 = TextField(required=False, allow_null=True, max_length=255)
    postal_code = TextField(required=False, allow_null=True, max_length=32)
    city = TextField(required=False, allow_null=True, max_length=255)
    state = TextField(required=False, allow_null=True, max_length=64)
    country = TextField(min_length=2, max_length=2)


class CustomerUpdateExternalInput(serializers.Serializer[Any]):
    """A change of a customer found by its external id; what is absent stays."""

    metadata = MapField(required=False)
    email = EmailField(required=False, allow_null=True)
    name = TextField(required=False, allow_null=True, max_length=256)
    billing_name = TextField(required=False, allow_null=True, max_length=256)
    billing_address = AddressInput(required=False, allow_null=True)
    tax_id = TextField(required=False, allow_null=True, max_length=64)
    locale = TextField(required=False, allow_null=True, max_length=16)


class CustomerUpdateInput(CustomerUpdateExternalInput):
    """A change of a customer; what is absent stays."""

    external_id = TextField(required=False, allow_null=True, max_length=256)
    type = ChoiceField(choices=CUSTOMER_TYPES, required=False, allow_null=True)


class OwnerCreateInput(serializers.Serializer[Any]):
    """The owner of a new customer."""

    email = EmailField()
    name = TextField(required=False, allow_null=True, max_length=256)
    external_id = TextField(required=False, allow_null=True, max_length=256)


class CustomerCreateInput(CustomerUpdateExternalInput):
    """A new customer; a team with an owner needs no e-mail."""

    email = EmailField(required=False, allow_null=True)
    owner = OwnerCreateInput(required=False, allow_null=True)
    type = ChoiceField(choices=CUSTOMER_TYPES, required=False)
    external_id = TextField(required=False, allow_null=True, max_length=256)
    organization_id = TextField(required=False, allow_null=True)


def customer_input(values: dict[str, Any]) -> CustomerInput:
    """The checked body as the operation takes it."""
    given = {key: value for key, value in values.items() if value is not None}
    if "owner" in given:
        given["owner"] = OwnerInput(**given["owner"])
    return CustomerInput(**given)
