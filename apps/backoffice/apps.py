"""Registration of the app with Django."""

from django.apps import AppConfig


class BackofficeConfig(AppConfig):
    """The `backoffice` app."""

    name = "apps.backoffice"
    verbose_name = "Backoffice"

    def ready(self) -> None:
        """Lead from the ids of all domains to their entries; show reviewers all of a merchant."""
        from apps.backoffice import reviewing, tracing

        tracing.register()
        reviewing.register()
