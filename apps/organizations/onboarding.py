"""
What a merchant has to have done before it can sell.

A step is registered by the app that knows its facts, in its `AppConfig.ready()`. All are computed
from what there is; none is ticked off by hand.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from apps.organizations.models import Organization
from apps.organizations.selectors import latest_website_check
from apps.organizations.websites import Sight

DESCRIPTION_LENGTH: Final = 30
# The keys of the business details under which merchants say what they do.
DESCRIBING: Final = ("product_description", "about", "description", "intended_use")


@dataclass(frozen=True, slots=True)
class Finding:
    """Whether a step is done, and what is worth knowing about it either way."""

    is_done: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the checklist as it stands."""

    name: str
    title: str
    is_done: bool
    note: str
    is_required: bool


Look = Callable[[Organization], Finding]
_looks: dict[str, tuple[int, str, Look, bool]] = {}


def register_step(
    name: str, title: str, look: Look, *, position: int, is_required: bool = True
) -> None:
    """
    Have `look` asked from now on; it reads, a few queries at most. A name is taken once.

    A step that is not required is for the eyes of reviewers: it stops nobody.
    """
    _looks[name] = (position, title, look, is_required)


def steps_of(organization: Organization) -> list[Step]:
    """The checklist of an organization, in its order."""
    found = []
    for name, entry in sorted(_looks.items(), key=lambda one: (one[1][0], one[0])):
        _, title, look, is_required = entry
        finding = look(organization)
        found.append(Step(name, title, finding.is_done, finding.note, is_required))
    return found


def missing_steps(organization: Organization) -> list[Step]:
    """What is not done and stands in the way."""
    return [one for one in steps_of(organization) if one.is_required and not one.is_done]


def description_of(organization: Organization) -> str:
    """What the merchant says it does; empty if nothing."""
    details = organization.details or {}
    texts = (str(details.get(key) or "").strip() for key in DESCRIBING)
    return max(texts, key=len, default="")


def register() -> None:
    """The steps that the organization itself knows; called once, when the app is ready."""
    register_step("description", "Description of the business", _description, position=40)
    register_step("website", "Website", _website, position=50)
    register_step("website_check", "Website answers", _reached, position=52, is_required=False)
    register_step("website_links", "Terms and policies", _links, position=54, is_required=False)
    register_step("email", "E-mail", _email, position=60)


def _description(organization: Organization) -> Finding:
    length = len(description_of(organization))
    if length >= DESCRIPTION_LENGTH:
        return Finding(True)
    return Finding(False, f"{length} of {DESCRIPTION_LENGTH} characters.")


def _website(organization: Organization) -> Finding:
    return Finding(bool(organization.website), organization.website or "")


def _reached(organization: Organization) -> Finding:
    """What was found when it was last looked at."""
    check = latest_website_check(organization)
    if check is None:
        return Finding(False, "Not looked at yet.")
    if check.is_reached:
        return Finding(True, check.title)
    return Finding(False, check.error or f"It answered {check.http_code}.")


def _links(organization: Organization) -> Finding:
    """Whether terms, privacy and refunds are linked from it."""
    check = latest_website_check(organization)
    if check is None or not check.is_reached:
        return Finding(False, "Not looked at yet.")
    missing = Sight(links=check.links).missing
    return Finding(not missing, f"No link to: {', '.join(missing)}." if missing else "")


def _email(organization: Organization) -> Finding:
    return Finding(bool(organization.email), organization.email or "")
