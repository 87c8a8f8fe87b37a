"""`./manage.py unlock_staff ann@example.com --reason "Lost her phone" --reset-factors`."""

from __future__ import annotations

import secrets
from getpass import getuser
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from apps.accounts.models import Lockout, User
from apps.accounts.operations import reactivate_user, reset_factors, set_password, unlock
from apps.core.origin import Actor, Door, Origin, build_origin
from config import services

LEAST_REASON = 10


class Command(BaseCommand):
    """
    Let a staff member in again whom nobody in the backoffice can help, such as the only admin.

    For who has a shell on the machine. Each step is an event with the reason and the name of the
    account of the system, as if it were done in the backoffice.
    """

    help = "Let a staff member in again whom nobody in the backoffice can help."

    def add_arguments(self, parser: CommandParser) -> None:
        """Who, why, and what beyond the lockouts."""
        parser.add_argument("email", help="Their e-mail address.")
        parser.add_argument("--reason", required=True, help="Kept with each event.")
        parser.add_argument(
            "--address", default="", help="Lift the lockout of this IP address too."
        )
        parser.add_argument(
            "--reset-factors",
            action="store_true",
            help="Take all second factors and sessions: they add new ones after signing in.",
        )
        parser.add_argument(
            "--new-password", action="store_true", help="Set a random password and print it."
        )

    def handle(self, *args: Any, email: str, reason: str, **options: Any) -> None:
        """Do it, and say what was done."""
        if len(reason.strip()) < LEAST_REASON:
            raise CommandError(f"Give a reason of at least {LEAST_REASON} characters.")
        origin = build_origin(
            actor=Actor.SYSTEM,
            actor_label=f"{getuser()} on the machine"[:200],
            door=Door.COMMAND,
            reason=reason.strip(),
        )
        with services.running(), transaction.atomic():
            for line in self._let_in(email.strip().lower(), origin, options):
                self.stdout.write(line)

    def _let_in(self, email: str, origin: Origin, options: dict[str, Any]) -> list[str]:
        user = User.objects.filter(email=email).first()
        if user is None or not user.staff_role:
            raise CommandError(f"No staff member has the address {email}.")
        done = []
        if not user.is_active:
            reactivate_user(user_id=user.pk, origin=origin)
            done.append(f"{email} is active again.")
        kept = [(Lockout.Kind.ACCOUNT, email)]
        if options["address"]:
            kept.append((Lockout.Kind.ADDRESS, options["address"]))
        for kind, key in kept:
            for row in Lockout.objects.filter(kind=kind, key=key):
                unlock(lockout_id=row.pk, origin=origin)
                done.append(f"The lockout of {key} is lifted.")
        if options["reset_factors"]:
            reset_factors(user_id=user.pk, origin=origin)
            done.append("Second factors and sessions are gone.")
        if options["new_password"]:
            password = secrets.token_urlsafe(18)
            set_password(user_id=user.pk, password=password, origin=origin)
            done.append(f"Their password, until they change it: {password}")
        return done or [f"Nothing keeps {email} out."]
