"""A second look at who sits there: before verbs with money or status, and at the second step."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from unfold.dataclasses import ActionDialog

from apps.accounts import door
from apps.accounts.errors import WrongProof
from apps.accounts.models import Factor, SignIn, User
from apps.accounts.operations import begin_try, fail_try, pass_try, use_code, use_passkey
from apps.accounts.selectors import has_second_factor
from apps.core.errors import DomainError
from apps.core.staff.dialogs import replacing

PASSWORD, CODE, PASSKEY = "_password", "_code", "_passkey"
CONFIRMING = "_confirming"
# What was sent when the proof was asked for.
CARRIED, METHOD = "_carried", "_method"
# Not carried: who proves anew who they are looks at the plan once more.
LEFT_BEHIND = ("csrfmiddlewaretoken", "_agreed")


def prove(
    request: HttpRequest, user: User, *, occasion: str, factors: Collection[str] = tuple(Factor)
) -> str:
    """
    The factor with which the request proves that `user` sent it; every try is in the log.

    :raises LockedOut: if there were too many wrong ones.
    :raises WrongProof: if this one is.
    """
    password, code, passkey = (request.POST.get(name, "") for name in (PASSWORD, CODE, PASSKEY))
    if not (password or code or passkey):
        raise WrongProof
    claimed = Factor.PASSKEY if passkey else Factor.TOTP if code else Factor.PASSWORD
    one = door.try_of(request, email=user.email, factor=claimed, occasion=occasion)
    origin = door.origin_of(user)
    begin_try(one=one, origin=origin)
    try:
        if claimed not in factors:
            raise WrongProof
        if passkey:
            use_passkey(user=user, answer=answer_in(passkey), origin=origin)
        elif code:
            claimed = Factor(use_code(user_id=user.pk, code=code, origin=origin))
            one = door.try_of(request, email=user.email, factor=claimed, occasion=occasion)
        elif not user.check_password(password):
            raise WrongProof
    except WrongProof:
        fail_try(one=one, user=user, origin=origin)
        raise
    pass_try(one=one, user=user, origin=origin)
    return claimed


def answer_in(passkey: str) -> dict[str, Any]:
    """
    What a browser answered, as it was sent.

    :raises WrongProof: if it is not an object.
    """
    try:
        answer = json.loads(passkey)
    except ValueError as error:
        raise WrongProof from error
    if not isinstance(answer, dict):
        raise WrongProof
    return answer


class Confirmation:
    """Asks in the dialog of a verb, and lets the verb go on from where it was asked."""

    def challenge(self, request: HttpRequest, dialog: ActionDialog) -> HttpResponse | None:
        """The dialog that asks; None when the proof is fresh, or has just been given."""
        is_answer = CONFIRMING in request.POST
        if door.is_proof_fresh(request):
            if is_answer:
                _go_on(request)
            return None
        if not is_answer:
            return self._ask(request, dialog, _carried(request), request.method or "GET")
        user: Any = request.user
        try:
            prove(request, user, occasion=SignIn.Occasion.CONFIRMATION)
        except DomainError as error:
            carried, method = request.POST.get(CARRIED, ""), request.POST.get(METHOD, "GET")
            return self._ask(request, dialog, carried, method, error.detail)
        door.note_proof(request)
        _go_on(request)
        return None

    def _ask(
        self,
        request: HttpRequest,
        dialog: ActionDialog,
        carried: str,
        method: str,
        refusal: str = "",
    ) -> HttpResponse:
        user: Any = request.user
        context = {
            "dialog": dialog,
            "carried": carried,
            "method": method,
            "refusal": refusal,
            "has_second_factor": has_second_factor(user.pk),
        }
        response = render(request, "accounts/dialog_confirm.html", context)
        response["Cache-Control"] = "no-store"
        return replacing(response)


def _carried(request: HttpRequest) -> str:
    kept = request.POST.copy()
    for name in LEFT_BEHIND:
        kept.pop(name, None)
    return str(kept.urlencode())


def _go_on(request: Any) -> None:
    """Make the request again what it was when the proof was asked for."""
    method = request.POST.get(METHOD)
    request.POST = QueryDict(request.POST.get(CARRIED, ""))
    request.method = "POST" if method == "POST" else "GET"
