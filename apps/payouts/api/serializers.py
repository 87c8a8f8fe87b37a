"""Input of the payout endpoints."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from apps.api.inputs import TextField


class InvoiceInput(serializers.Serializer[Any]):
    """The number of the invoice; the payout's own if absent."""

    invoice_number = TextField(required=False, allow_null=True, max_length=64)
