"""Licence keys: found by their text or their buyer, and what can be done about them."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from apps.core.origin import Origin
from apps.core.staff import columns, roles, show
from apps.core.staff.filters import presence
from apps.core.staff.records import RecordAdmin, as_uuid
from apps.core.staff.verbs import verb
from apps.license_keys.admin.cells import KEY, SEEN, STATE, USAGE, VALIDATIONS
from apps.license_keys.forms import ExtendForm, LimitsForm, ReleaseForm
from apps.license_keys.models import LicenseKey
from apps.license_keys.operations import (
    plan_license_key_rotation,
    plan_license_key_update,
    release_device,
    rotate_license_key,
    update_license_key,
)
from apps.license_keys.selectors import found_keys, has_devices
from apps.license_keys.states import ROTATABLE

Status = LicenseKey.Status


def _changed(**changes: Any) -> Any:
    """The planner of a change that asks for nothing."""
    return lambda key, data, origin: plan_license_key_update(
        key=key, changes=changes, origin=origin
    )


def _asked(*names: str) -> Any:
    """The planner of a change that the form asks for."""
    return lambda key, data, origin: plan_license_key_update(
        key=key, changes={name: data[name] for name in names}, origin=origin
    )


def _change(key: LicenseKey, data: dict[str, Any], origin: Origin, **changes: Any) -> None:
    update_license_key(license_key_id=key.pk, changes=changes, agreed=data["agreed"], origin=origin)


def _source(key: LicenseKey) -> Any:
    if key.grant is None:
        return show.blank()
    if key.grant.order_id:
        return show.link_to("orders", "order", key.grant.order_id, "Order")
    return show.link_to("subscriptions", "subscription", key.grant.subscription_id, "Subscription")


@admin.register(LicenseKey)
class LicenseKeyAdmin(RecordAdmin):
    """Keys of all organizations."""

    icon = "vpn_key"
    actions_detail = (
        "rotate",
        "disable",
        "enable",
        "revoke",
        "extend",
        "set_limits",
        "release",
    )
    related = ("organization", "customer", "benefit", "grant", "member")
    search_hint = "Key or how it ends, customer, product, device or id"
    # `found_keys` says how; Django shows a search field only where it finds one here.
    search_fields = ("key",)
    list_filter = (
        "status",
        presence("expires_at", "End", "with an end", "without"),
        presence("last_validated_at", "Validated", "validated", "never"),
        "created_at",
    )
    list_display = (
        KEY,
        STATE,
        columns.link("customer"),
        columns.link("benefit"),
        columns.link("organization"),
        USAGE,
        VALIDATIONS,
        SEEN,
        columns.when("expires_at", "Expires"),
        columns.when("created_at"),
    )
    ordering = ("-created_at", "-id")
    facts: ClassVar = (
        (
            "Licence key",
            (
                columns.code("key"),
                STATE,
                columns.link("customer"),
                columns.link("member"),
                columns.link("benefit"),
                columns.column(_source, "Granted by", kind="link"),
                columns.link("organization"),
                columns.code("id"),
                "created_at",
                "modified_at",
            ),
        ),
        (
            "Limits and use",
            (
                columns.when("expires_at", "Expires"),
                columns.text("limit_activations", "Devices at most"),
                USAGE,
                VALIDATIONS,
                SEEN,
                columns.text("own_terms", "Set for this key"),
            ),
        ),
    )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """By key, buyer, product, device or any id."""
        term = search_term.strip().replace("\x00", "")
        return (found_keys(queryset, term, as_uuid(term)) if term else queryset), False

    @verb(
        title="Rotate",
        role=roles.SUPPORT,
        icon="autorenew",
        is_danger=True,
        available=lambda key: key.status in ROTATABLE,
        plan=lambda key, data, origin: plan_license_key_rotation(key=key, origin=origin),
    )
    def rotate(self, key: LicenseKey, data: dict[str, Any], origin: Origin) -> str:
        """Give it another text."""
        made = rotate_license_key(license_key_id=key.pk, agreed=data["agreed"], origin=origin)
        return f"{key} is {made} now."

    @verb(
        title="Disable",
        role=roles.SUPPORT,
        icon="block",
        is_danger=True,
        available=lambda key: key.status == Status.GRANTED,
        plan=_changed(status=Status.DISABLED),
    )
    def disable(self, key: LicenseKey, data: dict[str, Any], origin: Origin) -> str:
        """Let it not hold, whatever is paid."""
        _change(key, data, origin, status=Status.DISABLED)
        return f"{key} is disabled."

    @verb(
        title="Enable",
        role=roles.SUPPORT,
        icon="check_circle",
        available=lambda key: key.status != Status.GRANTED,
        plan=_changed(status=Status.GRANTED),
    )
    def enable(self, key: LicenseKey, data: dict[str, Any], origin: Origin) -> str:
        """Let it hold again."""
        _change(key, data, origin, status=Status.GRANTED)
        return f"{key} holds again."

    @verb(
        title="Revoke",
        role=roles.SUPPORT,
        icon="cancel",
        is_danger=True,
        available=lambda key: key.status != Status.REVOKED,
        plan=_changed(status=Status.REVOKED),
    )
    def revoke(self, key: LicenseKey, data: dict[str, Any], origin: Origin) -> str:
        """Take it back, and the benefit with it."""
        _change(key, data, origin, status=Status.REVOKED)
        return f"{key} is revoked."

    @verb(
        title="Extend",
        role=roles.SUPPORT,
        icon="event",
        form=ExtendForm,
        available=lambda key: key.expires_at is not None,
        plan=_asked("expires_at"),
    )
    def extend(self, key: LicenseKey, data: dict[str, Any], origin: Origin) -> str:
        """Let it hold for longer."""
        _change(key, data, origin, expires_at=data["expires_at"])
        return f"{key} holds for longer."

    @verb(
        title="Set limits",
        role=roles.SUPPORT,
        icon="tune",
        form=LimitsForm,
        plan=_asked("limit_activations", "limit_usage"),
    )
    def set_limits(self, key: LicenseKey, data: dict[str, Any], origin: Origin) -> str:
        """Let it hold on more devices, or more often."""
        limits = {name: data[name] for name in ("limit_activations", "limit_usage")}
        _change(key, data, origin, **limits)
        return f"The limits of {key} are set."

    @verb(
        title="Release a device",
        role=roles.SUPPORT,
        icon="devices",
        form=ReleaseForm,
        text="Its place is free for another one.",
        available=has_devices,
    )
    def release(self, key: LicenseKey, data: dict[str, Any], origin: Origin) -> str:
        """Free the place of a device that is lost."""
        release_device(license_key_id=key.pk, activation_id=UUID(data["activation"]), origin=origin)
        return "The device gave its place back."
