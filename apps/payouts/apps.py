"""Registration of the app with Django."""

from django.apps import AppConfig


class PayoutsConfig(AppConfig):
    """The `payouts` app."""

    name = "apps.payouts"
    verbose_name = "Payouts"
