"""The log of work done: a line for each request, task and webhook. Quiet in the sandbox."""

from __future__ import annotations

from typing import Any, Final

import structlog

NAME: Final = "comptroller.access"
access: Final[Any] = structlog.get_logger(NAME)
