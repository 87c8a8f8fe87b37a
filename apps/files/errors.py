"""Refusals about files."""

from apps.core.errors import ResourceUnavailable, ValidationFailed


class UploadIncomplete(ValidationFailed):
    """Not all parts have come, or what came is not what was announced."""

    def __init__(self, message: str | None = None) -> None:
        text = message or "The upload is not complete."
        super().__init__(
            [{"loc": ["body", "parts"], "msg": text, "type": "value_error", "input": None}]
        )


class FileNotAvailable(ResourceUnavailable):
    """It is gone, or was found to be harmful."""

    message = "This file is not available any more."
