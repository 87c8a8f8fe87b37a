"""The addresses of every list, record and verb of the staff site."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.urls import reverse

from apps.core.staff.records import RecordAdmin

PAGES = (
    "admin:invariants",
    "admin:index",
    "admin:find",
    "admin:health",
    "admin:money",
    "admin:periodic_jobs",
    "admin:dunning",
    "admin:scheduler",
    "admin:reconciliation",
    "admin:reviews",
)


def record_admins() -> list[RecordAdmin]:
    """Every registered admin; there is no other kind."""
    found = list(admin.site._registry.values())
    assert all(isinstance(one, RecordAdmin) for one in found)
    return found  # type: ignore[return-value]


def name_of(one: RecordAdmin) -> str:
    """`app_model`."""
    return f"{one.opts.app_label}_{one.opts.model_name}"


def list_of(one: RecordAdmin) -> str:
    """The address of the list."""
    return reverse(f"admin:{name_of(one)}_changelist")


def page_of(one: RecordAdmin, record: Any = None) -> str:
    """The address of a record, the latest unless given."""
    found = record or one.model._default_manager.order_by("-pk").first()
    assert found is not None, f"The world has no {name_of(one)}."
    return reverse(f"admin:{name_of(one)}_change", args=[found.pk])


def verbs_of(one: RecordAdmin) -> Iterator[tuple[str, str]]:
    """(role, address) of every verb, on the latest record."""
    for made in one._get_base_actions_detail():
        record = one.model._default_manager.order_by("-pk").first()
        assert record is not None, f"The world has no {name_of(one)}."
        yield (
            made.method.allowed_permissions[0],
            reverse(f"admin:{made.action_name}", args=[record.pk]),
        )
    for made in one._get_base_actions_list():
        yield made.method.allowed_permissions[0], reverse(f"admin:{made.action_name}")
