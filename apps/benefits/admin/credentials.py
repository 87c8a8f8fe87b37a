"""How organizations sign in to the services that their benefits reach."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin

from apps.benefits.forms import ConnectForm
from apps.benefits.models import ProviderCredential
from apps.benefits.operations.connecting import set_provider_credential
from apps.benefits.providers.credentials import NAMES
from apps.core.origin import Origin
from apps.core.staff import columns, roles
from apps.core.staff.records import RecordAdmin
from apps.core.staff.verbs import verb

SERVICE = columns.column(lambda row: NAMES[row.provider], "Service", order="provider")
HINT = columns.column(lambda row: f"••••{row.hint}", "Ends in", kind="code")


@admin.register(ProviderCredential)
class ProviderCredentialAdmin(RecordAdmin):
    """Credentials of all organizations; nobody reads one again."""

    icon = "key"
    view_role = roles.ADMIN
    actions_list = ("connect",)
    related = ("organization",)
    search_hint = "Organization or id"
    search_fields = ("organization__slug",)
    search_ids = ("id", "organization_id")
    list_filter = ("provider",)
    list_display = (
        SERVICE,
        columns.link("organization"),
        HINT,
        columns.when("modified_at", "Set"),
    )
    ordering = ("-created_at", "-id")
    empty_text = "No organization has connected a service."
    facts: ClassVar = (
        (
            "Credential",
            (
                SERVICE,
                columns.link("organization"),
                HINT,
                columns.code("id"),
                "created_at",
                columns.when("modified_at", "Set"),
            ),
        ),
    )

    def title_of(self, record: Any) -> str:
        """Whose, and for what."""
        return f"{NAMES[record.provider]} of {record.organization}"

    @verb(
        title="Connect a service",
        role=roles.ADMIN,
        icon="add_link",
        form=ConnectForm,
        text="Grants that waited for it are tried again at once.",
    )
    def connect(self, record: None, data: dict[str, Any], origin: Origin) -> str:
        """Set an organization's way in, in place of the one before."""
        set_provider_credential(
            organization=data["organization"],
            provider=data["provider"],
            values=data["values"],
            origin=origin,
        )
        return f"{data['organization']} is connected with {NAMES[data['provider']]}."
