"""Exchange rates: where they come from, and what one currency is worth in another."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string
from djmoney.contrib.exchange.backends.base import BaseExchangeBackend
from djmoney.contrib.exchange.models import ExchangeBackend, Rate


class FileBackend(BaseExchangeBackend):
    """
    Reads EXCHANGE_RATES_FILE: `{"base": "USD", "rates": {"EUR": 0.86, …}}`.

    `./manage.py update_rates` stores what is in it, without a network.
    """

    name = "file"

    def get_rates(self, **params: Any) -> Mapping[str, Decimal]:
        """
        The rates of the file, from its base.

        :raises ValueError: if it has another base than is asked for.
        """
        text = Path(settings.EXCHANGE_RATES_FILE).read_text(encoding="utf-8")
        stored = json.loads(text, parse_float=Decimal, parse_int=Decimal)
        asked = str(params.get("base_currency", settings.BASE_CURRENCY))
        if stored["base"] != asked:
            raise ValueError(f"The rates of the file are those of {stored['base']}, not {asked}.")
        rates: Mapping[str, Decimal] = stored["rates"]
        return rates


@dataclass(frozen=True, slots=True)
class Rates:
    """The stored rates, each from the one base; lowercase currencies."""

    by_currency: Mapping[str, Decimal]

    def rate(self, source: str, target: str) -> Decimal | None:
        """How many major units of `target` one of `source` is; None where one is not known."""
        if source == target:
            return Decimal(1)
        one, other = self.by_currency.get(source), self.by_currency.get(target)
        return other / one if one and other else None


def stored_rates() -> Rates:
    """The rates stored last by the configured source, in two queries."""
    name = str(import_string(settings.EXCHANGE_BACKEND).name)
    base = ExchangeBackend.objects.filter(pk=name).values_list("base_currency", flat=True).first()
    rates = {row.currency.lower(): row.value for row in Rate.objects.filter(backend=name)}
    return Rates({base.lower(): Decimal(1), **rates} if base else {})
