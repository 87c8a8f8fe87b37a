"""What is asked before a person is let in or given another role."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from unfold.forms import AuthenticationForm

from apps.accounts import door
from apps.accounts.errors import LockedOut
from apps.accounts.models import Factor, SignIn, User
from apps.accounts.operations import begin_try, fail_try, pass_try
from apps.accounts.selectors import has_second_factor
from apps.core.staff import fields
from apps.core.staff.verbs import ReasonForm

ROLES = [(role.value, role.label) for role in User.StaffRole]


class RoleForm(ReasonForm):
    """The roles there are."""

    field_order = ("staff_role", "reason")
    staff_role = fields.choice("Staff role", ROLES, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        user = User.objects.filter(pk=self.object_id).first()
        self.fields["staff_role"].initial = user.staff_role if user else ""


class NewUserForm(ReasonForm):
    """Who it is and what they may do."""

    field_order = ("email", "name", "staff_role", "reason")
    email = fields.email("E-mail", max_length=320)
    name = fields.line("Name", max_length=200)
    staff_role = fields.choice("Staff role", ROLES, required=False)


class SignInForm(AuthenticationForm):  # type: ignore[misc]
    """E-mail and password; every try is counted and kept."""

    def clean(self) -> dict[str, Any]:
        """Find the person, or refuse in one way whatever was wrong."""
        email, password = (self.cleaned_data.get(name, "") for name in ("username", "password"))
        if not email or not password:
            return dict(self.cleaned_data)
        one = door.try_of(
            self.request,
            email=email,
            factor=Factor.PASSWORD,
            occasion=SignIn.Occasion.SIGN_IN,
        )
        try:
            begin_try(one=one, origin=door.origin_of(None))
        except LockedOut as error:
            raise ValidationError(error.detail) from error
        user: Any = authenticate(self.request, username=email, password=password)
        if user is None or not user.is_staff:
            known = User.objects.filter(email__iexact=email.strip()).first()
            fail_try(one=one, user=known, origin=door.origin_of(known))
            raise self.get_invalid_login_error()
        self.user_cache = user
        self.is_half = has_second_factor(user.pk)
        pass_try(one=one, user=user, is_whole=not self.is_half, origin=door.origin_of(user))
        return dict(self.cleaned_data)
