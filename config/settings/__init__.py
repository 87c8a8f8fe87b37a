"""The settings of this process: `dev` in the sandbox, `prod` in production."""

from config.env import IS_SANDBOX

if IS_SANDBOX:
    from config.settings.dev import *  # noqa: F403
else:
    from config.settings.prod import *  # noqa: F403
