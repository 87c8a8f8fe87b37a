"""Registration of the app with Django."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """The `accounts` app."""

    name = "apps.accounts"
    verbose_name = "Accounts"

    def ready(self) -> None:
        """Keep sessions from sign-in to sign-out, and have verbs ask who it is."""
        from django.contrib.auth.signals import user_logged_in, user_logged_out

        from apps.accounts import door
        from apps.accounts.confirming import Confirmation
        from apps.core.staff.presence import register_guard

        user_logged_in.connect(door.on_signed_in, dispatch_uid="accounts.door")
        user_logged_out.connect(door.on_signed_out, dispatch_uid="accounts.door")
        register_guard(Confirmation())
