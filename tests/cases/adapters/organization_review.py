"""Moves between the statuses of an organization, and what each allows."""

from apps.organizations.states import MACHINE, capabilities_of
from tests.cases.registry import Facts, adapter

AREA = "organization_review"


@adapter(AREA)
def allowed_transitions(given: Facts, when: Facts) -> Facts:
    return {"to": sorted(MACHINE.moves[given["status"]])}


@adapter(AREA)
def capabilities(given: Facts, when: Facts) -> Facts:
    return dict(capabilities_of(given["status"]))
