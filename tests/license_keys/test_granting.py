"""Keys follow their grants, and limits their benefit."""

from __future__ import annotations

from typing import Any

import pytest

from apps.benefits.models import Benefit, BenefitGrant
from apps.benefits.operations import work_on_grant
from apps.benefits.strategies import Refused, Work, strategy_of
from apps.core.origin import Door, system_origin
from apps.events.models import Delivery
from apps.events.operations import deliver
from apps.license_keys.models import LicenseKey
from apps.license_keys.operations import update_license_key
from apps.license_keys.terms import TYPE, read_terms
from tests.support.license_keys import limited, make_benefit, make_key
from tests.support.merchants import make_organization

pytestmark = pytest.mark.django_db


@pytest.fixture
def benefit() -> Benefit:
    return make_benefit(make_organization(), activations=limited(1), limit_usage=5)


@pytest.fixture
def key(benefit: Benefit) -> LicenseKey:
    return make_key(benefit.organization, benefit=benefit)


def work(key: LicenseKey, **more: Any) -> Work:
    assert key.grant is not None
    return Work(
        grant=key.grant,
        benefit=more.pop("benefit", key.benefit),
        customer=key.customer,
        member=None,
        origin=system_origin(Door.TASK),
        **more,
    )


def deliver_all() -> None:
    """What the workers would do with the outbox."""
    for delivery in Delivery.objects.filter(done_at=None):
        assert deliver(delivery_id=delivery.pk, origin=system_origin(Door.TASK))


class TestStrategy:
    def test_brings_the_same_key_back(self, key: LicenseKey) -> None:
        strategy_of(TYPE).revoke(work(key))
        assert LicenseKey.objects.get().status == "revoked"

        properties = strategy_of(TYPE).grant(work(key))

        assert LicenseKey.objects.get().key == key.key
        assert LicenseKey.objects.get().status == "granted"
        assert properties["license_key_id"] == str(key.pk)
        assert properties["display_key"] == key.display_key

    @pytest.mark.parametrize("verb", ["grant", "revoke"])
    def test_leaves_a_key_that_is_disabled(self, key: LicenseKey, verb: str) -> None:
        update_license_key(
            license_key_id=key.pk,
            changes={"status": "disabled"},
            origin=system_origin(Door.COMMAND),
        )

        getattr(strategy_of(TYPE), verb)(work(key))

        assert LicenseKey.objects.get().status == "disabled"

    def test_gives_the_key_that_the_grant_carries(self, key: LicenseKey) -> None:
        LicenseKey.objects.all().delete()
        assert key.grant is not None
        key.grant.properties = {"user_provided_key": "OLD-KEY-1"}

        strategy_of(TYPE).grant(work(key))

        assert LicenseKey.objects.get().key == "OLD-KEY-1"

    def test_refuses_a_key_that_is_taken(self, key: LicenseKey) -> None:
        other = make_key(key.organization, benefit=key.benefit)
        other_text = other.key
        LicenseKey.objects.filter(pk=key.pk).delete()
        assert key.grant is not None
        key.grant.properties = {"user_provided_key": other_text}

        with pytest.raises(Refused):
            strategy_of(TYPE).grant(work(key))

    def test_brings_an_edit_except_what_was_set_for_the_key(self, key: LicenseKey) -> None:
        update_license_key(
            license_key_id=key.pk, changes={"limit_usage": 50}, origin=system_origin(Door.COMMAND)
        )
        key.benefit.properties = read_terms(
            {"activations": limited(9), "limit_usage": 6}
        ).properties()

        strategy_of(TYPE).grant(work(key, is_update=True))

        key.refresh_from_db()
        assert (key.limit_activations, key.limit_usage, key.status) == (9, 50, "granted")

    def test_knows_which_edits_reach_the_keys_there_are(self) -> None:
        before = read_terms({"prefix": "a", "limit_usage": 5}).properties()

        def differs(**properties: Any) -> bool:
            after = read_terms({"prefix": "a", "limit_usage": 5, **properties}).properties()
            return strategy_of(TYPE).needs_update(before, after)

        assert not differs(prefix="b")
        assert differs(limit_usage=6)
        assert differs(expires={"ttl": 1, "timeframe": "day"})


class TestAlignGrantWithKey:
    """A status that is set by hand takes the grant along, and work on the grant the key."""

    def set_status(self, key: LicenseKey, status: str) -> None:
        origin = system_origin(Door.COMMAND)
        update_license_key(license_key_id=key.pk, changes={"status": status}, origin=origin)
        deliver_all()
        assert key.grant_id is not None
        work_on_grant(grant_id=key.grant_id, origin=origin)

    def grant_of(self, key: LicenseKey) -> BenefitGrant:
        return BenefitGrant.objects.get(pk=key.grant_id)

    def test_withholds_what_is_revoked(self, key: LicenseKey) -> None:
        self.set_status(key, "revoked")

        grant = self.grant_of(key)
        assert grant.is_revoked
        assert grant.withheld_at is not None
        assert not grant.is_wanted

    @pytest.mark.parametrize(("status", "becomes"), [("granted", "granted"), ("disabled",) * 2])
    def test_grants_again_what_is_not(self, key: LicenseKey, status: str, becomes: str) -> None:
        self.set_status(key, "revoked")

        self.set_status(key, status)

        grant = self.grant_of(key)
        assert grant.is_granted
        assert grant.withheld_at is None
        assert LicenseKey.objects.get().status == becomes

    def test_leaves_a_grant_that_took_its_key_along(self, key: LicenseKey) -> None:
        strategy_of(TYPE).revoke(work(key))

        deliver_all()

        assert self.grant_of(key).is_wanted
        assert self.grant_of(key).withheld_at is None
