"""Registration of the app with Django."""

from django.apps import AppConfig


class TaxConfig(AppConfig):
    """The `tax` app."""

    name = "apps.tax"
    verbose_name = "Tax"
