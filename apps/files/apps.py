"""Registration of the app with Django."""

from django.apps import AppConfig


class FilesConfig(AppConfig):
    """The `files` app."""

    name = "apps.files"
    verbose_name = "Files"
