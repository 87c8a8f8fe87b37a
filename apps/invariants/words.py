"""How checks and what they find are named."""

from __future__ import annotations

from typing import Final

from django.utils.safestring import SafeString

from apps.core.staff import show

OUTCOME_TONES: Final = {"ok": "good", "broken": "bad", "failed": "warn", "new": "plain"}


def subject_link(subject: str, key: str) -> SafeString:
    """The page of a counterexample's record; its key alone where it has none."""
    app, _, model = subject.partition(".")
    if not model:
        return show.code(key)
    words = f"{model} {key}" if len(key) < 12 else f"{model} …{key[-8:]}"
    return show.link_to(app, model, key, words)
