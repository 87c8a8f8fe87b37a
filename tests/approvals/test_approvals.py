"""From a plan above the limit to a second person who agrees, or does not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.approvals.models import Approval
from apps.approvals.operations import expire_approval, withdraw_approval
from apps.approvals.selectors import approvals_due_by, overdue_approvals
from apps.approvals.tasks import expire_task
from apps.core.clock import system_time
from apps.core.origin import Door, system_origin
from apps.customers.models import Customer
from apps.events.models import Event
from apps.organizations.models import Organization
from apps.wallets.models import Wallet
from tests.backoffice.acting import REASON, act, agree, fingerprint_in
from tests.support.approvals import limit, make_staff, waiting
from tests.wallets.conftest import give, left

pytestmark = pytest.mark.django_db
ADJUST = "wallets_wallet_adjust"
GIVE = {"direction": "give", "amount": "50.00"}


@pytest.fixture
def wallet(customer: Customer) -> Wallet:
    """One dollar, and nobody gives more than ten alone."""
    give(customer, 100)
    limit("finance", 1000)
    return Wallet.objects.get()


def second(role: str = "finance") -> Client:
    """Somebody else."""
    client = Client()
    client.force_login(make_staff(role))
    return client


def ask(client: Client, wallet: Wallet, **more: Any) -> Approval:
    """Agree to a plan that then waits."""
    agree(client, ADJUST, wallet.pk, **{**GIVE, **more})
    return Approval.objects.latest("created_at")


def types() -> set[str]:
    return set(Event.objects.values_list("type", flat=True))


class TestAsking:
    def test_says_so_before_and_does_nothing_yet(
        self, staff: Any, wallet: Wallet, customer: Customer
    ) -> None:
        client = staff("finance")
        shown = act(client, ADJUST, wallet.pk, **GIVE).content.decode()
        assert "Above $10.00 it takes a second person" in shown
        assert "Ask for approval" in shown

        approval = ask(client, wallet)

        assert left(customer) == 100
        assert (approval.amount, approval.currency, approval.status) == (5000, "usd", "waiting")
        assert (approval.requested_by.email, approval.reason) == ("finance@example.com", REASON)
        assert approval.subject_label == "wallets.wallet"
        event = Event.objects.get(type="approval.requested")
        assert (event.subject_type, event.subject_id) == ("wallet", str(wallet.pk))
        assert event.organization_id == wallet.organization_id

    def test_leads_to_the_page_with_the_plan(self, staff: Any, wallet: Wallet) -> None:
        answer = agree(staff("finance"), ADJUST, wallet.pk, **GIVE)
        page = staff("finance").get(answer["HX-Redirect"]).content.decode()
        assert "The plan that was asked for" in page
        assert "customer balance" in page
        assert "still the same" in page
        assert "approvals/approval" in answer["HX-Redirect"]
        on_the_wallet = staff("viewer").get(
            reverse("admin:wallets_wallet_change", args=[wallet.pk])
        )
        assert "approval.requested" in on_the_wallet.content.decode()

    def test_twice_is_one(self, staff: Any, wallet: Wallet) -> None:
        ask(staff("finance"), wallet)
        ask(staff("finance"), wallet)
        assert Approval.objects.count() == 1
        assert Event.objects.filter(type="approval.requested").count() == 1

    def test_is_not_needed_below_the_limit(
        self, staff: Any, wallet: Wallet, customer: Customer
    ) -> None:
        agree(staff("finance"), ADJUST, wallet.pk, direction="give", amount="10.00")
        assert left(customer) == 1100
        assert not Approval.objects.exists()

    def test_is_what_support_can_do_without_the_role(
        self, staff: Any, wallet: Wallet, customer: Customer
    ) -> None:
        approval = ask(staff("support"), wallet, amount="0.50")
        assert left(customer) == 100
        assert "finance" in approval.limit_reason
        agree(second(), "approvals_approval_approve", approval.pk)
        assert left(customer) == 150


class TestApproving:
    def test_does_it_with_both_persons_told(
        self, staff: Any, wallet: Wallet, customer: Customer
    ) -> None:
        approval = ask(staff("finance"), wallet)
        other = second()
        shown = other.get(reverse("admin:approvals_approval_approve", args=[approval.pk]))
        assert fingerprint_in(shown) == approval.fingerprint  # type: ignore[arg-type]

        agree(other, "approvals_approval_approve", approval.pk)

        assert left(customer) == 5100
        approval.refresh_from_db()
        assert approval.status == "applied"
        assert approval.decided_by and approval.decided_by != approval.requested_by
        assert "$51.00" in approval.outcome
        applied = Event.objects.get(type="approval.applied")
        assert applied.changes["decided_by"] == ["", approval.decided_by.email]
        assert applied.changes["requested_by"] == ["", "finance@example.com"]
        adjusted = Event.objects.filter(type="wallet.adjusted").latest("id")
        assert adjusted.actor_label == approval.decided_by.email
        assert adjusted.reason == f"{REASON} (asked for by finance@example.com)"

    def test_is_not_for_who_asked(self, staff: Any, wallet: Wallet, customer: Customer) -> None:
        approval = ask(staff("finance"), wallet)
        answer = agree(staff("finance"), "approvals_approval_approve", approval.pk)
        assert "Somebody else" in answer.content.decode()
        assert left(customer) == 100

    def test_is_not_for_a_lower_role(self, staff: Any, wallet: Wallet, customer: Customer) -> None:
        approval = ask(staff("finance"), wallet)
        answer = agree(staff("support"), "approvals_approval_approve", approval.pk)
        assert "may not agree" in answer.content.decode()
        assert left(customer) == 100

    def test_looks_at_the_role_when_it_is_done(
        self, staff: Any, wallet: Wallet, customer: Customer
    ) -> None:
        approval = ask(staff("finance"), wallet)
        client = second()
        seen = fingerprint_in(act(client, "approvals_approval_approve", approval.pk))
        limit("finance", 1000, approval_amount=4999)
        answer = act(client, "approvals_approval_approve", approval.pk, _agreed=seen)
        assert "may not agree" in answer.content.decode()
        assert left(customer) == 100

    def test_happens_once(self, staff: Any, wallet: Wallet, customer: Customer) -> None:
        approval = ask(staff("finance"), wallet)
        client = second()
        agree(client, "approvals_approval_approve", approval.pk)
        answer = act(client, "approvals_approval_approve", approval.pk)
        assert answer.status_code == 404
        assert left(customer) == 5100

    def test_closes_what_would_do_something_else_by_now(
        self, staff: Any, wallet: Wallet, customer: Customer
    ) -> None:
        approval = ask(staff("finance"), wallet)
        give(customer, 1)
        page = reverse("admin:approvals_approval_change", args=[approval.pk])
        assert "have changed since" in second().get(page).content.decode()

        agree(second(), "approvals_approval_approve", approval.pk)

        approval.refresh_from_db()
        assert (approval.status, approval.decided_by) == ("stale", None)
        assert left(customer) == 101
        assert "approval.stale" in types()
        # It may be asked for anew.
        assert ask(staff("finance"), wallet).status == "waiting"

    def test_closes_what_changed_while_the_plan_was_shown(
        self, staff: Any, wallet: Wallet, customer: Customer
    ) -> None:
        approval = ask(staff("finance"), wallet)
        client = second()
        seen = fingerprint_in(act(client, "approvals_approval_approve", approval.pk))
        give(customer, 1)
        answer = act(client, "approvals_approval_approve", approval.pk, _agreed=seen)
        # The new plan is only to close it.
        assert "not any more" in answer.content.decode()
        assert left(customer) == 101

    def test_closes_what_is_gone(self, staff: Any, wallet: Wallet) -> None:
        approval = ask(staff("finance"), wallet)
        Approval.objects.update(verb="wallets.wallet.no_such_verb")
        agree(second(), "approvals_approval_approve", approval.pk)
        approval.refresh_from_db()
        assert (approval.status, approval.outcome) == (
            "stale",
            "There is no such verb any more.",
        )


class TestNotApproving:
    def test_by_declining_keeps_the_reason(
        self, staff: Any, wallet: Wallet, customer: Customer
    ) -> None:
        approval = ask(staff("finance"), wallet)
        answer = act(staff("finance"), "approvals_approval_decline", approval.pk)
        assert "Somebody else" in answer.content.decode()
        act(second(), "approvals_approval_decline", approval.pk)
        approval.refresh_from_db()
        assert (approval.status, approval.decision_reason) == ("declined", REASON)
        assert left(customer) == 100

    def test_by_withdrawing_is_for_who_asked(self, staff: Any, wallet: Wallet) -> None:
        approval = ask(staff("finance"), wallet)
        answer = act(second(), "approvals_approval_withdraw", approval.pk)
        assert "Only who asked" in answer.content.decode()
        act(staff("finance"), "approvals_approval_withdraw", approval.pk)
        approval.refresh_from_db()
        assert (approval.status, approval.decided_by) == ("withdrawn", None)
        with pytest.raises(Exception, match="Nothing waits"):
            withdraw_approval(
                approval_id=approval.pk,
                user_id=approval.requested_by_id,
                origin=system_origin(Door.BACKOFFICE),
            )

    def test_runs_out(self, staff: Any, wallet: Wallet, customer: Customer) -> None:
        approval = ask(staff("finance"), wallet)
        expire_task()
        assert Approval.objects.get().status == "waiting"
        Approval.objects.update(expires_at=system_time() - timedelta(seconds=1))
        page = agree(second(), "approvals_approval_approve", approval.pk)
        assert "Nothing waits" in page.content.decode()

        expire_task()

        assert Approval.objects.get().status == "expired"
        assert left(customer) == 100
        assert "approval.expired" in types()

    def test_runs_out_by_the_test_clock(self, staff: Any, wallet: Wallet) -> None:
        Organization.objects.update(clock_offset=timedelta(days=365))
        approval = ask(staff("finance"), wallet)
        now = system_time()
        assert approval.expires_at > now + timedelta(days=367)
        assert overdue_approvals(now) == []
        due = approvals_due_by(wallet.organization_id, now + timedelta(days=369))
        assert [one.subject_id for one in due] == [approval.pk]
        Organization.objects.update(clock_offset=timedelta(days=369))
        assert overdue_approvals(now) == [approval.pk]
        later = system_origin(Door.TASK, clock_offset=timedelta(days=369))
        assert expire_approval(approval_id=approval.pk, origin=later)
        assert not expire_approval(approval_id=approval.pk, origin=later)


class TestTheInbox:
    def test_has_boxes_and_a_count(self, staff: Any) -> None:
        mine = waiting(user=User.objects.get(pk=staff("finance").session["_auth_user_id"]))
        other = waiting(role="admin", verb="payments.refund.retry")
        url = reverse("admin:approvals_approval_changelist")

        def listed(client: Client, box: str = "") -> set[str]:
            text = client.get(url, {"box": box} if box else {}).content.decode()
            return {str(one.pk) for one in (mine, other) if str(one.pk) in text}

        assert listed(staff("finance")) == {str(mine.pk), str(other.pk)}
        assert listed(staff("finance"), "mine") == {str(mine.pk)}
        assert listed(staff("finance"), "decided") == set()
        page = staff("admin").get(url).content.decode()
        assert "Asked by me" in page

    def test_counts_what_one_may_decide(self, staff: Any) -> None:
        from apps.approvals.selectors import count_to_decide

        approval = waiting()
        assert count_to_decide(approval.requested_by) == 0
        assert count_to_decide(make_staff("support")) == 0
        assert count_to_decide(make_staff("admin")) == 1


@pytest.mark.django_db(transaction=True)
class TestMails:
    def test_go_to_those_who_may_and_back_to_who_asked(
        self, staff: Any, wallet: Wallet, settings: Any
    ) -> None:
        settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
        make_staff("support")
        other = make_staff("finance")
        approval = ask(staff("finance"), wallet)
        deliver_all()
        assert [one.to for one in mail.outbox] == [[other.email]]
        assert reverse("admin:approvals_approval_change", args=[approval.pk]) in mail.outbox[0].body
        mail.outbox.clear()

        act(_signed_in(other), "approvals_approval_decline", approval.pk)
        deliver_all()

        assert [one.to for one in mail.outbox] == [["finance@example.com"]]
        assert "declined" in mail.outbox[0].body


def _signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def deliver_all() -> None:
    """What the outbox owes."""
    from apps.events.models import Delivery
    from apps.events.operations import deliver

    for delivery in Delivery.objects.filter(done_at=None):
        deliver(delivery_id=delivery.pk, origin=system_origin(Door.TASK))
