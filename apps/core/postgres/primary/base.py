"""The backend of the primary (`ENGINE = "apps.core.postgres.primary"`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from apps.core.postgres import base
from apps.core.replica.route import note_write


class DatabaseWrapper(base.DatabaseWrapper):
    """
    Notes what writes, however it is asked to: by the ORM, by prepared rows, by SQL of our own.

    A transaction counts, and so does any statement that does not begin with SELECT.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.execute_wrappers.append(_note)

    def _set_autocommit(self, autocommit: bool) -> None:
        if not autocommit:
            note_write()
        super()._set_autocommit(autocommit)


def _note(
    execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]
) -> Any:
    if not (isinstance(sql, str) and sql.lstrip(" \n(")[:6].upper() == "SELECT"):
        note_write()
    return execute(sql, params, many, context)
