"""Registration of the app with Django."""

from django.apps import AppConfig


class BenefitsConfig(AppConfig):
    """The `benefits` app."""

    name = "apps.benefits"
    verbose_name = "Benefits"
