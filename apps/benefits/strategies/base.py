"""What a strategy is asked, and how it refuses."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from apps.benefits.models import Benefit, BenefitGrant
from apps.core.origin import Origin
from apps.customers.models import Customer, Member
from apps.organizations.models import Organization

Properties = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """
    One grant to be worked on, with everything that belongs to it.

    `is_update` tells that the customer has it already and the benefit was edited.
    """

    grant: BenefitGrant
    benefit: Benefit
    customer: Customer
    member: Member | None
    origin: Origin
    is_update: bool = False

    @property
    def properties(self) -> Properties:
        """What the strategy left behind the last time."""
        return dict(self.grant.properties)


class ActionRequired(Exception):
    """Somebody has to do something first (link an account, say); trying again does not help."""


class Refused(ActionRequired):
    """The provider says no to what is asked, and would say so again."""


class Retriable(Exception):
    """It may pass later: after `delay` seconds where the provider said so."""

    def __init__(self, message: str, *, delay: float | None = None) -> None:
        self.delay = delay
        super().__init__(message)


class Strategy(ABC):
    """
    How one type of benefit is granted.

    `grant`, `cycle` and `revoke` may be asked twice for the same thing, answer with the properties
    to keep on the grant, and raise `ActionRequired` or `Retriable`. They run in the transaction
    that stores the answer, with the grant locked, unless `calls_out`: then they run outside of any,
    and write nothing but what the service gave them.
    """

    type: ClassVar[str]
    label: ClassVar[str]
    # Whether it speaks to a service elsewhere.
    calls_out: ClassVar[bool] = False
    # Whether every grant is revoked by itself, not only the customer's last one of the benefit.
    is_revoked_singly: ClassVar[bool] = False
    is_visibility_configurable: ClassVar[bool] = False
    default_visibility: ClassVar[str] = Benefit.Visibility.PUBLIC

    @abstractmethod
    def clean(
        self,
        organization: Organization,
        given: Mapping[str, Any],
        before: Mapping[str, Any] | None = None,
    ) -> Properties:
        """
        The properties to store; `before` holds the stored ones when the benefit is edited.

        :raises ValidationFailed: at `body`, `properties`, and the field.
        """

    def grant(self, work: Work) -> Properties:
        """Give it to the customer, or bring an edit of the benefit to them."""
        return work.properties

    def cycle(self, work: Work) -> Properties:
        """Begin another paid period."""
        return work.properties

    def revoke(self, work: Work) -> Properties:
        """Take it back."""
        return work.properties

    def needs_update(self, before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
        """Whether an edit of the properties must be brought to those who have it."""
        return False
