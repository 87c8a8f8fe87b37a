"""Registration of the app with Django."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """The `notifications` app."""

    name = "apps.notifications"
    verbose_name = "Notifications"
