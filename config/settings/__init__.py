"""The settings of this process: `dev` in the sandbox, `prod` in production, or a module by name."""

import os

# Importing a module of this package imports this one first: it must not load a second set.
if os.environ.get("DJANGO_SETTINGS_MODULE", __name__) == __name__:
    from config.env import IS_SANDBOX

    if IS_SANDBOX:
        from config.settings.dev import *  # noqa: F403
    else:
        from config.settings.prod import *  # noqa: F403
