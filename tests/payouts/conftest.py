"""A merchant with money, a payout account at the sandbox, and a payout on its way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from apps.core.origin import Origin
from apps.organizations.models import Organization
from apps.payouts.models import Payout, PayoutAccount
from apps.payouts.operations import create_payout_account, request_payout, take_account_facts
from apps.processors import gateway
from tests.support.merchants import make_organization
from tests.support.payouts import earn, link, make_account, origin_at
from tests.support.stripesim import StripeSim
from tests.support.tills import STRIPE_BASES

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def origin() -> Origin:
    return origin_at(NOW)


@pytest.fixture(autouse=True)
def files(settings: Any, tmp_path: Any) -> None:
    """Files are kept for the test alone."""
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def organization() -> Organization:
    """Active, with 100.00 to be paid out to a ready account."""
    made = make_organization()
    link(made, make_account(at=NOW), at=NOW)
    earn(made, 10_000, at=NOW)
    return made


@pytest.fixture
def payout(organization: Organization, origin: Origin) -> Payout:
    return request_payout(organization_id=organization.pk, origin=origin)


@dataclass(frozen=True)
class Bank:
    """The sandbox and a merchant who is paid out through it."""

    sim: StripeSim
    organization: Organization
    account: PayoutAccount

    def request(self, at: datetime = NOW) -> Payout:
        return request_payout(organization_id=self.organization.pk, origin=origin_at(at))

    def transfers(self, payout: Payout) -> list[Any]:
        found = self.sim.client().v1.transfers.list({"transfer_group": f"payout-{payout.pk}"})
        return list(found.data)

    def bank_payouts(self) -> list[Any]:
        options: Any = {"stripe_account": self.account.processor_id}
        return list(self.sim.client().v1.payouts.list({"limit": 50}, options).data)

    def fault(self, kind: str, path: str, count: int = 1) -> None:
        rule = {"kind": kind, "method": "POST", "path": path, "count": count}
        self.sim.control("faults", rule)


@pytest.fixture
def bank(stripesim: StripeSim, settings: Any) -> Iterator[Bank]:
    """A merchant whose account at the sandbox is ready, and a platform with money there."""
    yield make_bank(stripesim, settings)
    stripesim.control("faults", method="DELETE")


def make_bank(sim: StripeSim, settings: Any, **facts: Any) -> Bank:
    for name in STRIPE_BASES:
        setattr(settings, name, sim.url)
    settings.STRIPE_SECRET_KEY = sim.secret_key
    settings.STRIPE_MAX_RETRIES = 0
    processor_id = sim.control("accounts", facts)["id"]
    sim.control("balance", {"amount": 1_000_000})
    account = create_payout_account(
        type="stripe", country="US", currency="usd", origin=origin_at(NOW)
    )
    read = gateway.read_connected_account(processor_id)
    account = take_account_facts(account_id=account.pk, facts=read, origin=origin_at(NOW))
    organization = make_organization()
    link(organization, account, at=NOW)
    earn(organization, 10_000, at=NOW)
    return Bank(sim, organization, account)
