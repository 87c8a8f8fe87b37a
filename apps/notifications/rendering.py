"""From the facts of an occasion to subject, text and HTML, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from babel import Locale, UnknownLocaleError
from django.template import Context, Engine
from django.template.loader import render_to_string
from django.utils import translation

from apps.core.money.formatting import DEFAULT_LOCALE
from apps.notifications.kinds import MailKind
from apps.organizations.models import Organization


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A mail as it is read."""

    subject: str
    text: str
    html: str


def render_letter(
    kind: MailKind, *, organization: Organization, locale: str, context: Mapping[str, Any]
) -> Letter:
    """
    The mail of `kind` about the facts in `context` (JSON-ready: amounts in minor units, ISO times).

    The first line of the text template is the subject. Its paragraphs are those of the HTML too,
    where the lines of an order become a table. `account_url` among the facts is where a customer
    finds what they bought: both end with it.
    """
    facts = {**context, "organization": organization, "locale": reading_locale(locale)}
    with translation.override(facts["locale"].split("_")[0]):
        text = _plain(f"mails/{kind.name}.txt", facts).strip()
        subject, _, body = text.partition("\n")
        facts["subject"] = subject = " ".join(subject.split())
        body = _squeezed(body)
        # Lines of figures are one block of the text; the HTML has them as a table.
        facts["paragraphs"] = [part for part in body.split("\n\n") if not _is_table(part, facts)]
        html = render_to_string("mails/letter.html", facts)
        if account := facts.get("account_url"):
            body = f"{body}\n\n{translation.gettext('Your account')}: {account}"
    return Letter(subject=subject[:300], text=body, html=html)


def reading_locale(locale: str) -> str:
    """A locale that amounts and dates can be written in; English where there is none."""
    try:
        return str(Locale.parse((locale or DEFAULT_LOCALE).replace("-", "_")))
    except (UnknownLocaleError, ValueError):
        return DEFAULT_LOCALE


def _plain(template_name: str, facts: dict[str, Any]) -> str:
    """Text stays as people typed it: only HTML is escaped."""
    template = Engine.get_default().get_template(template_name)
    return str(template.render(Context(facts, autoescape=False)))


def _is_table(part: str, facts: Mapping[str, Any]) -> bool:
    lines = facts.get("lines") or []
    return bool(lines) and part.startswith(f"{lines[0]['label']}: ")


def _squeezed(text: str) -> str:
    """No more than one empty line in a row, which is what template tags leave behind."""
    lines: list[str] = []
    for line in text.strip().splitlines():
        if line.strip() or (lines and lines[-1]):
            lines.append(line.rstrip())
    return "\n".join(lines)
