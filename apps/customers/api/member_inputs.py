"""Input of the endpoints of members."""

from __future__ import annotations

from typing import Any, Final

from rest_framework import serializers

from apps.api.inputs import ChoiceField, EmailField, TextField
from apps.customers.inputs import MemberInput

ROLES: Final = ("owner", "billing_manager", "member")
# Nobody begins as the owner: there is one.
NEW_ROLES: Final = ("member", "billing_manager")


class MemberCreateInput(serializers.Serializer[Any]):
    """A new member of a customer."""

    email = EmailField()
    name = TextField(required=False, allow_null=True, max_length=256)
    external_id = TextField(required=False, allow_null=True, max_length=256)
    role = ChoiceField(choices=NEW_ROLES, required=False, default="member")


class MemberUpdateInput(serializers.Serializer[Any]):
    """A change of a member; what is absent stays."""

    name = TextField(required=False, allow_null=True, max_length=256)
    email = EmailField(required=False, allow_null=True)
    role = ChoiceField(choices=ROLES, required=False, allow_null=True)


class PortalMemberCreateInput(serializers.Serializer[Any]):
    """A new member, asked for by another one."""

    email = EmailField()
    name = TextField(required=False, allow_null=True, max_length=256)
    role = ChoiceField(choices=ROLES, required=False, default="member")


class PortalMemberUpdateInput(serializers.Serializer[Any]):
    """A change of a member, by another one; what is absent stays."""

    name = TextField(required=False, allow_null=True, max_length=256)
    role = ChoiceField(choices=ROLES, required=False, allow_null=True)


def member_input(values: dict[str, Any]) -> MemberInput:
    """The checked body as the operation takes it."""
    return MemberInput(**values)
