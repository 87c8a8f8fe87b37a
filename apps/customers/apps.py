"""Registration of the app with Django."""

from django.apps import AppConfig


class CustomersConfig(AppConfig):
    """The `customers` app."""

    name = "apps.customers"
    verbose_name = "Customers"
