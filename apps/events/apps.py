"""Registration of the app with Django."""

from django.apps import AppConfig


class EventsConfig(AppConfig):
    """The `events` app."""

    name = "apps.events"
    verbose_name = "Events"
