"""Everybody's own page: their factors, their sessions, and who tried to be them."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST

from apps.accounts import door, factors
from apps.accounts.confirming import PASSKEY, answer_in
from apps.accounts.models import User
from apps.accounts.operations import (
    add_app,
    add_passkey,
    end_session,
    end_sessions,
    remove_factor,
    renew_recovery_codes,
)
from apps.accounts.selectors import (
    lacks_second_factor,
    live_sessions,
    recent_sign_ins,
    recovery_code_count,
    second_factors,
)
from apps.core.clock import system_time
from apps.core.errors import DomainError
from apps.core.staff.dialogs import staff_origin

# The seed of an app that is being added; not kept with the person before its first code.
SEED = "new_seed"
REASON = "Looked after their own access"
View = Callable[..., HttpResponse]


def needs_proof(view: View) -> View:
    """Have the person prove anew who they are, where the last time is too long ago."""

    @wraps(view)
    def made(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if door.is_proof_fresh(request):
            return view(request, *args, **kwargs)
        back = urlencode({"next": reverse("admin:security")})
        return HttpResponseRedirect(f"{reverse('admin:confirm')}?{back}")

    return made


def security(request: HttpRequest) -> HttpResponse:
    """Factors, sessions and the last sign-ins of whoever looks."""
    return _page(request, {})


@needs_proof
def app(request: HttpRequest) -> HttpResponse:
    """Add an authenticator app: its seed as a picture, then its first code."""
    user, refusal = _user(request), ""
    seed = request.session.setdefault(SEED, factors.new_seed())
    if request.method == "POST":
        try:
            codes = add_app(
                user_id=user.pk,
                seed=seed,
                code=request.POST.get("code", ""),
                origin=staff_origin(request, REASON),
            )
        except DomainError as error:
            refusal = error.detail
        else:
            del request.session[SEED]
            messages.success(request, "The authenticator app counts from now on.")
            return _page(request, {"codes": codes})
    address = factors.seed_address(user, seed)
    context = {"picture": factors.seed_picture(address), "seed": seed, "refusal": refusal}
    response = TemplateResponse(request, "accounts/app.html", _frame(request, context))
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@needs_proof
def new_passkey_options(request: HttpRequest) -> HttpResponse:
    """What the browser needs to make a passkey."""
    return JsonResponse(factors.ask_for_new_passkey(_user(request)))


@require_POST
@needs_proof
def passkey(request: HttpRequest) -> HttpResponse:
    """Keep the passkey that the browser made."""
    return _done(
        request,
        "The passkey counts from now on.",
        lambda: add_passkey(
            user_id=_user(request).pk,
            name=request.POST.get("name", ""),
            answer=answer_in(request.POST.get(PASSKEY, "")),
            origin=staff_origin(request, REASON),
        ),
    )


@require_POST
@needs_proof
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """New recovery codes, shown this once."""
    return _done(
        request,
        "The codes before are worth nothing now.",
        lambda: renew_recovery_codes(
            user_id=_user(request).pk, origin=staff_origin(request, REASON)
        ),
    )


@require_POST
@needs_proof
def remove(request: HttpRequest, factor_id: int) -> HttpResponse:
    """Take a factor away."""
    return _done(
        request,
        "It counts no longer.",
        lambda: remove_factor(
            user_id=_user(request).pk, factor_id=factor_id, origin=staff_origin(request, REASON)
        ),
    )


@require_POST
def end(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """End one of one's own sessions."""
    if not live_sessions(_user(request).pk, system_time()).filter(pk=session_id).exists():
        raise Http404
    return _done(
        request,
        "The session is over.",
        lambda: end_session(session_id=session_id, origin=staff_origin(request, REASON)),
    )


@require_POST
def end_others(request: HttpRequest) -> HttpResponse:
    """End all of one's own sessions but this."""
    return _done(
        request,
        "All other sessions are over.",
        lambda: end_sessions(
            user_id=_user(request).pk,
            but=door.sessions_of(request),
            origin=staff_origin(request, REASON),
        ),
    )


def _done(request: HttpRequest, words: str, act: Callable[[], object]) -> HttpResponse:
    try:
        outcome = act()
    except DomainError as error:
        messages.error(request, error.detail)
        return HttpResponseRedirect(reverse("admin:security"))
    messages.success(request, words)
    if isinstance(outcome, list) and outcome:
        return _page(request, {"codes": outcome})
    return HttpResponseRedirect(reverse("admin:security"))


def _page(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    user, at = _user(request), system_time()
    context = {
        "factors": second_factors(user.pk),
        "recovery_code_count": recovery_code_count(user.pk),
        "sessions": live_sessions(user.pk, at),
        "here": next(iter(door.sessions_of(request)), None),
        "sign_ins": recent_sign_ins(user.pk),
        "is_lacking": lacks_second_factor(user),
        **context,
    }
    response = TemplateResponse(request, "accounts/security.html", _frame(request, context))
    response["Cache-Control"] = "no-store"
    return response


def _frame(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    return {**admin.site.each_context(request), "title": "Your security", **context}


def _user(request: HttpRequest) -> User:
    user: Any = request.user
    return user  # type: ignore[no-any-return]
