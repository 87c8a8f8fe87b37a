"""What an endpoint may be. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.conf import settings

from apps.core.errors import ValidationFailed
from apps.core.outbound.addresses import UnsafeAddress, parse_url
from apps.webhooks.models import WebhookEndpoint
from apps.webhooks.registry import EVENT_TYPES

MAX_NAME_LENGTH: Final = 200


def clean_url(url: str) -> str:
    """
    The URL, if something may be sent there.

    :raises ValidationFailed: saying why not.
    """
    try:
        parse_url(url, is_local_allowed=settings.SANDBOX)
    except UnsafeAddress as error:
        raise ValidationFailed.at("body", "url", msg=str(error), value=url) from error
    return url


def clean_events(events: Sequence[str]) -> list[str]:
    """
    The types of events, each once.

    :raises ValidationFailed: if one does not exist.
    """
    for place, name in enumerate(events):
        if name not in EVENT_TYPES:
            message = "There is no such type of event."
            raise ValidationFailed.at("body", "events", place, msg=message, value=name)
    return list(dict.fromkeys(events))


def clean_format(format: str) -> str:
    """
    The format.

    :raises ValidationFailed: if there is no such.
    """
    if format not in WebhookEndpoint.Format.values:
        raise ValidationFailed.at("body", "format", msg="There is no such format.", value=format)
    return format


def clean_version(version: str) -> str:
    """
    The version of the API that payloads are written in.

    :raises ValidationFailed: if it is not served.
    """
    if version not in settings.API_VERSIONS:
        message = f"The version must be one of {', '.join(settings.API_VERSIONS)}."
        raise ValidationFailed.at("body", "api_version", msg=message, value=version)
    return version


def clean_name(name: str | None) -> str:
    """
    The name without blanks around it.

    :raises ValidationFailed: if it is too long.
    """
    text = (name or "").strip()
    if len(text) > MAX_NAME_LENGTH:
        message = f"A name has at most {MAX_NAME_LENGTH} characters."
        raise ValidationFailed.at("body", "name", msg=message, value=name)
    return text
