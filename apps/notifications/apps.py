"""Registration of the app with Django."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """The `notifications` app."""

    name = "apps.notifications"
    verbose_name = "Notifications"

    def ready(self) -> None:
        """Forget whom mails went to, with their customers; write to the people of merchants."""
        from apps.notifications import handlers, merchants

        handlers.register()
        merchants.register()
