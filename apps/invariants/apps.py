"""Registration of the app with Django."""

from django.apps import AppConfig


class InvariantsConfig(AppConfig):
    """The `invariants` app."""

    name = "apps.invariants"
    verbose_name = "Invariants"

    def ready(self) -> None:
        """Check the machinery, which lies below."""
        from apps.invariants import machinery, metrics

        machinery.register()
        metrics.register()
