"""Registration of the app with Django."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """The `portal` app."""

    name = "apps.portal"
    verbose_name = "Customer portal"
