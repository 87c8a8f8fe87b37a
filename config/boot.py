"""The first thing of every process: settings that load, or one line that says why they do not."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured


def load_settings() -> None:
    """
    Load the settings of this process.

    :raises SystemExit: with one line that names the variable that is missing or wrong.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.conf import settings

    try:
        settings.INSTALLED_APPS  # noqa: B018 - reading any of them loads them all
    except ImproperlyConfigured as error:
        sys.exit(f"Comptroller cannot start: {error}")
