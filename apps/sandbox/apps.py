"""Registration of the app with Django."""

from django.apps import AppConfig


class SandboxConfig(AppConfig):
    """The `sandbox` app."""

    name = "apps.sandbox"
    verbose_name = "Sandbox"
