from datetime import timedelta

import pytest

from apps.core.errors import ResourceNotFound, ValidationFailed
from apps.core.ids import new_id
from apps.events.models import Event
from apps.ledger.models import FeeCredit
from apps.ledger.operations import (
    FeeCreditAlreadyRevoked,
    assign_fee_plan,
    grant_fee_credit,
    post_sale,
    revoke_fee_credit,
)
from apps.ledger.selectors import fee_credit_balance, fee_terms
from tests.ledger.conftest import NOW, ORIGIN, sale_of

pytestmark = pytest.mark.django_db


def grant(organization_id, amount=1000, **facts):
    return grant_fee_credit(
        organization_id=organization_id, title="Gift", amount=amount, origin=ORIGIN, **facts
    )


class TestAssignFeePlan:
    def test_refuses_an_unknown_plan(self, organization):
        with pytest.raises(ValidationFailed, match="starter"):
            assign_fee_plan(organization_id=organization.pk, plan="gold", origin=ORIGIN)

        assert fee_terms(organization.pk).name == "starter"

    def test_refuses_an_unknown_organization(self):
        with pytest.raises(ResourceNotFound):
            assign_fee_plan(organization_id=new_id(), plan="pro", origin=ORIGIN)


class TestGrantFeeCredit:
    def test_adds_to_the_balance_and_is_recorded(self, organization):
        grant(organization.pk, 1000)
        grant(organization.pk, 500, expires_at=NOW + timedelta(days=1))

        assert fee_credit_balance(organization.pk, at=NOW) == 1500
        assert fee_credit_balance(organization.pk, at=NOW + timedelta(days=1)) == 1000
        assert Event.objects.filter(type="fee_credit.granted").count() == 2

    @pytest.mark.parametrize("facts", [{"amount": 0}, {"amount": -5}, {"expires_at": NOW}])
    def test_refuses_what_is_no_gift(self, organization, facts):
        with pytest.raises(ValidationFailed):
            grant(organization.pk, **facts)

        assert not FeeCredit.objects.exists()


class TestRevokeFeeCredit:
    def test_takes_back_what_is_left(self, organization):
        credit = grant(organization.pk, 1000)
        post_sale(sale=sale_of(organization), origin=ORIGIN)

        revoke_fee_credit(credit_id=credit.pk, origin=ORIGIN)

        credit.refresh_from_db()
        assert (credit.used_amount, credit.remaining_amount) == (650, 0)
        assert fee_credit_balance(organization.pk, at=NOW) == 0
        assert Event.objects.get(type="fee_credit.revoked").payload == {"withdrawn_amount": 350}

    def test_refuses_the_second_time(self, organization):
        credit = grant(organization.pk)
        revoke_fee_credit(credit_id=credit.pk, origin=ORIGIN)

        with pytest.raises(FeeCreditAlreadyRevoked):
            revoke_fee_credit(credit_id=credit.pk, origin=ORIGIN)

    def test_refuses_an_unknown_credit(self):
        with pytest.raises(ResourceNotFound):
            revoke_fee_credit(credit_id=new_id(), origin=ORIGIN)
