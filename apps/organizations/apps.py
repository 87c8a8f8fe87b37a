"""Registration of the app with Django."""

from django.apps import AppConfig


class OrganizationsConfig(AppConfig):
    """The `organizations` app."""

    name = "apps.organizations"
    verbose_name = "Organizations"
