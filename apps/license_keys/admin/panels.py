"""Devices and use of a key on its page; keys on the pages of customers and benefits."""

from __future__ import annotations

from typing import Any

from django.db.models import F
from django.http import HttpRequest
from django.utils.html import format_html

from apps.core.clock import system_time
from apps.core.staff import columns, show
from apps.core.staff.chart import bars
from apps.core.staff.panels import Panel, latest, panel, table
from apps.license_keys.admin.cells import BRIEF, KEY, SEEN, STATE, USAGE
from apps.license_keys.models import LicenseKey
from apps.license_keys.selectors import validations_by_day

CHART_DAYS = 30
DEVICES_SHOWN = 100


@panel("license_keys.licensekey", position=10)
def devices(key: LicenseKey, request: HttpRequest) -> Panel:
    """Where it is activated; those that gave their place back come last."""
    rows = list(key.activations.order_by(F("deleted_at").desc(nulls_first=True), "created_at"))
    living = sum(1 for one in rows if one.deleted_at is None)
    limit = key.limit_activations
    return table(
        "Devices",
        rows,
        (
            columns.text("label", "Device"),
            columns.when("last_seen_at", "Last seen"),
            columns.when("created_at", "Activated"),
            columns.when("deleted_at", "Released"),
            columns.column(lambda one: _pairs(one.conditions), "Conditions"),
            columns.column(lambda one: _pairs(one.meta), "Told of itself"),
        ),
        empty="Activated on none." if limit else "It takes no activations.",
        note=f"{living} of {limit} places are taken." if limit else "",
        limit=DEVICES_SHOWN,
    )


def _pairs(values: dict[str, Any]) -> Any:
    if not values:
        return show.blank()
    return format_html("{}", ", ".join(f"{name}: {value}" for name, value in values.items()))


@panel("license_keys.licensekey", position=20)
def validations(key: LicenseKey, request: HttpRequest) -> Panel:
    """How often it was asked about, day by day."""
    today = (system_time() + key.organization.clock_offset).date()
    counts = validations_by_day(key, until=today, days=CHART_DAYS)
    return Panel(
        title="Validations a day",
        template="license_keys/validations.html",
        body=bars(counts) if any(count for _, count in counts) else None,
    )


def _keys_on(label: str, field: str, shown: Any, position: int) -> None:
    latest(
        label,
        LicenseKey,
        field,
        shown,
        title="Licence keys",
        position=position,
        related=("organization", "benefit", "customer"),
    )


_keys_on("customers.customer", "customer", BRIEF, 45)
_keys_on("benefits.benefit", "benefit", (KEY, STATE, columns.link("customer"), USAGE, SEEN), 30)
