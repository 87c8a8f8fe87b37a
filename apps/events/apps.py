"""Registration of the app with Django."""

from django.apps import AppConfig


class EventsConfig(AppConfig):
    """The `events` app."""

    name = "apps.events"
    verbose_name = "Events"

    def ready(self) -> None:
        """Let a test clock come back to what failed on its way, and the outbox be watched."""
        from apps.core.timers import Timer, register_timer
        from apps.events import health, metrics, operations
        from apps.events.selectors import failed_deliveries_by

        health.register()
        metrics.register()
        register_timer(
            Timer(
                name="events.deliveries",
                due=failed_deliveries_by,
                run=lambda delivery_id, origin: operations.deliver(
                    delivery_id=delivery_id, origin=origin
                ),
                rank=90,
            )
        )
