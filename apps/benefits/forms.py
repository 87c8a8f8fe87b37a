"""What staff are asked before an organization's way in to a service is set."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Q

from apps.benefits.models import ProviderCredential
from apps.benefits.operations.connecting import NEEDED, OPTIONAL
from apps.benefits.providers.credentials import NAMES
from apps.benefits.providers.signing_in import CALLBACK_PATH
from apps.core.staff import fields
from apps.core.staff.records import as_uuid
from apps.core.staff.verbs import ReasonForm
from apps.organizations.models import Organization

_SECRETS = ("token", "client_secret")
# What the form calls the first thing that a service needs.
_FIRST = "token"
_SIGN_IN = (
    "Of the OAuth app by which customers sign in; its redirect address is "
    f"{settings.BASE_URL}{CALLBACK_PATH}. Discord needs it."
)


class ConnectForm(ReasonForm):
    """Whose, which service, and what it needs; secrets are sealed and never shown again."""

    field_order = ("organization", "provider", "token", "client_id", "client_secret", "reason")
    organization = fields.line("Organization", help_text="Id or slug.")
    provider = fields.choice(
        "Service", [(one, NAMES[one]) for one in ProviderCredential.Provider.values]
    )
    token = fields.line("Token", help_text="Of the bot (Discord) or of the app (GitHub).")
    client_id = fields.line("Client id", required=False, help_text=_SIGN_IN)
    client_secret = fields.line("Client secret", required=False, help_text=_SIGN_IN)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in _SECRETS:
            self.fields[name].widget.input_type = "password"
            self.fields[name].widget.attrs["autocomplete"] = "off"

    def clean_organization(self) -> Organization:
        """The organization that is meant."""
        said = self.cleaned_data["organization"].strip()
        found = Organization.objects.filter(
            Q(slug=said) | Q(pk=as_uuid(said)) if as_uuid(said) else Q(slug=said)
        ).first()
        if found is None:
            raise ValidationError("There is no such organization.")
        return found

    def clean(self) -> dict[str, Any]:
        """`values`: everything that the service needs."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        needed = NEEDED.get(data.get("provider", ""), ())
        data["values"] = {
            name: data.get(_FIRST if position == 0 else name, "")
            for position, name in enumerate(needed)
        }
        optional = OPTIONAL.get(data.get("provider", ""), ())
        data["values"] |= {name: data.get(name, "") for name in optional}
        for name in needed[1:]:
            if not data.get(name):
                self.add_error(name, "This service needs it.")
        return data
