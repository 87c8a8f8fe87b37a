"""Registration of the app with Django."""

from django.apps import AppConfig


class OrganizationsConfig(AppConfig):
    """The `organizations` app."""

    name = "apps.organizations"
    verbose_name = "Organizations"

    def ready(self) -> None:
        """Tell what a person who goes leaves behind; live through what is due."""
        from apps.organizations import additions, handlers, onboarding

        additions.register()
        handlers.register()
        onboarding.register()
