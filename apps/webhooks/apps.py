"""Registration of the app with Django."""

from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    """The `webhooks` app."""

    name = "apps.webhooks"
    verbose_name = "Webhooks"
