"""Registration of the app with Django."""

from django.apps import AppConfig


class SubscriptionsConfig(AppConfig):
    """The `subscriptions` app."""

    name = "apps.subscriptions"
    verbose_name = "Subscriptions"
