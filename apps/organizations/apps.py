"""Registration of the app with Django."""

from django.apps import AppConfig


class OrganizationsConfig(AppConfig):
    """The `organizations` app."""

    name = "apps.organizations"
    verbose_name = "Organizations"

    def ready(self) -> None:
        """Tell what a person who goes leaves behind."""
        from apps.organizations import additions

        additions.register()
