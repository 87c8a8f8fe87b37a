"""The way in: password, second factor, passkey; and the page where people look after their own."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.auth import REDIRECT_FIELD_NAME, login
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from apps.accounts import door, factors
from apps.accounts.confirming import PASSKEY, answer_in, prove
from apps.accounts.errors import WrongProof
from apps.accounts.forms import SignInForm
from apps.accounts.models import Factor, SignIn, User
from apps.core.clock import system_time
from apps.core.errors import DomainError

BACKEND = "django.contrib.auth.backends.ModelBackend"
# Who has given the password and owes the second factor: their id, since when, and the password's
# fingerprint, so that a new password ends it.
PENDING = "pending_sign_in"
PENDING_SECONDS = 10 * 60
SECOND_FACTORS = (Factor.TOTP, Factor.RECOVERY_CODE, Factor.PASSKEY)


@method_decorator(never_cache, name="dispatch")
class SignInView(LoginView):
    """E-mail and password; whoever has a second factor is asked for it next."""

    template_name = "admin/login.html"
    authentication_form = SignInForm
    next_page = "admin:index"

    def form_valid(self, form: Any) -> HttpResponse:
        """Let them in, or on to the second factor."""
        user: User = form.get_user()
        if not form.is_half:
            return super().form_valid(form)
        self.request.session[PENDING] = {
            "user": str(user.pk),
            "since": system_time().timestamp(),
            "password": user.get_session_auth_hash(),
            "next": self.get_success_url(),
        }
        return HttpResponseRedirect(reverse("admin:second_factor"))


@never_cache
def second_factor(request: HttpRequest) -> HttpResponse:
    """The second step: a code of the app, a recovery code, or a passkey."""
    user = _pending_user(request)
    if user is None:
        return HttpResponseRedirect(reverse("admin:login"))
    refusal = ""
    if request.method == "POST":
        try:
            prove(request, user, occasion=SignIn.Occasion.SIGN_IN, factors=SECOND_FACTORS)
        except DomainError as error:
            refusal = error.detail
        else:
            address = request.session.pop(PENDING)["next"]
            login(request, user, backend=BACKEND)
            return HttpResponseRedirect(address)
    return _outside(request, "accounts/second_factor.html", "Second factor", {"refusal": refusal})


@never_cache
@require_POST
def passkey_options(request: HttpRequest) -> HttpResponse:
    """What the browser has to sign: of the person known so far, or of anybody."""
    user: Any = request.user if request.user.is_authenticated else _pending_user(request)
    return JsonResponse(factors.ask_for_passkey(user))


@never_cache
@require_POST
def passkey_sign_in(request: HttpRequest) -> HttpResponse:
    """In with a passkey alone, which proves both: the device, and that its owner unlocked it."""
    try:
        user = factors.user_of_passkey(answer_in(request.POST.get(PASSKEY, "")))
        if not user.is_staff:
            raise WrongProof
        prove(request, user, occasion=SignIn.Occasion.SIGN_IN, factors=(Factor.PASSKEY,))
    except DomainError as error:
        context = {
            **admin.site.each_context(request),
            "title": "Log in",
            "form": SignInForm(request),
            "app_path": reverse("admin:login"),
            "refusal": error.detail,
        }
        return TemplateResponse(request, "admin/login.html", context)
    login(request, user, backend=BACKEND)
    return HttpResponseRedirect(next_of(request))


@never_cache
def confirm(request: HttpRequest) -> HttpResponse:
    """Prove anew who one is, outside of a dialog, and back to where that was asked for."""
    refusal, user = "", request.user
    if request.method == "POST":
        try:
            prove(request, user, occasion=SignIn.Occasion.CONFIRMATION)  # type: ignore[arg-type]
        except DomainError as error:
            refusal = error.detail
        else:
            door.note_proof(request)
            return HttpResponseRedirect(next_of(request))
    context = {"refusal": refusal, "may_use_password": True, "next": next_of(request)}
    return _outside(request, "accounts/second_factor.html", "Is it you?", context)


def next_of(request: HttpRequest) -> str:
    """Where the request wants to be led afterwards; the dashboard unless that is one of ours."""
    wanted = request.POST.get(REDIRECT_FIELD_NAME) or request.GET.get(REDIRECT_FIELD_NAME) or ""
    is_ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if is_ours else reverse(settings.LOGIN_REDIRECT_URL)


def _pending_user(request: HttpRequest) -> User | None:
    kept = request.session.get(PENDING)
    if not kept or system_time().timestamp() - kept["since"] > PENDING_SECONDS:
        return None
    user = User.objects.filter(pk=kept["user"], is_active=True).first()
    is_same = user is not None and user.get_session_auth_hash() == kept["password"]
    return user if is_same and user is not None and user.is_staff else None


def _outside(
    request: HttpRequest, template: str, title: str, context: dict[str, Any]
) -> HttpResponse:
    return TemplateResponse(
        request, template, {**admin.site.each_context(request), "title": title, **context}
    )
