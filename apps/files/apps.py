"""Registration of the app with Django."""

from django.apps import AppConfig


class FilesConfig(AppConfig):
    """The `files` app."""

    name = "apps.files"
    verbose_name = "Files"

    def ready(self) -> None:
        """Remove the content of what is deleted."""
        from apps.files import handlers

        handlers.register()
