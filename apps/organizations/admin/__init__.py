"""Merchants, their people and their access tokens, for staff."""

from apps.organizations.admin.impersonations import ImpersonationAdmin
from apps.organizations.admin.invitations import InvitationAdmin
from apps.organizations.admin.members import MembershipAdmin
from apps.organizations.admin.organizations import OrganizationAdmin
from apps.organizations.admin.tokens import AccessTokenAdmin

__all__ = [
    "AccessTokenAdmin",
    "ImpersonationAdmin",
    "InvitationAdmin",
    "MembershipAdmin",
    "OrganizationAdmin",
]
