"""The mailbox."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core import mail as outbox
from django.test import Client
from django.urls import reverse

from apps.core.origin import Origin
from apps.events.models import Event
from apps.notifications.models import Mail
from apps.notifications.operations import (
    Occasion,
    forget_recipient,
    queue_mail,
    send_waiting_mails,
)
from tests.backoffice.conftest import staff
from tests.notifications.world import CUSTOMER, make_organization, origin

__all__ = ["origin", "staff"]

Staff = Callable[[str], Client]

pytestmark = pytest.mark.django_db


@pytest.fixture
def mail(origin: Origin) -> Mail:
    occasion = Occasion(
        kind="order_confirmation",
        key="o1",
        organization=make_organization(origin),
        recipient="ada@example.com",
        customer_id=CUSTOMER,
        context={"product_name": "Icons", "currency": "usd", "total_amount": 700},
    )
    written = queue_mail(occasion=occasion, origin=origin)
    assert written is not None
    send_waiting_mails(origin=origin)
    written.refresh_from_db()
    return written


def page(client: Client, mail: Mail) -> str:
    address = reverse("admin:notifications_mail_change", args=[mail.pk])
    return client.get(address).content.decode()


class TestTheMailbox:
    def test_shows_the_mail_as_it_was_read(self, staff: Staff, mail: Mail) -> None:
        text = page(staff("viewer"), mail)

        assert "Your order: Icons" in text
        assert "srcdoc=" in text
        assert "sandbox srcdoc" in text
        assert "$7.00" in text

    def test_is_searched_by_address(self, staff: Staff, mail: Mail) -> None:
        address = reverse("admin:notifications_mail_changelist")

        assert "Your order" in staff("viewer").get(address, {"q": "ada@"}).content.decode()
        assert "Your order" not in staff("viewer").get(address, {"q": "bob@"}).content.decode()

    def test_says_that_it_was_forgotten(self, staff: Staff, mail: Mail) -> None:
        forget_recipient(customer_id=CUSTOMER)

        assert "was forgotten" in page(staff("viewer"), mail)


class TestResend:
    def test_sends_again_for_a_reason(self, staff: Staff, mail: Mail, origin: Origin) -> None:
        address = reverse("admin:notifications_mail_resend", args=[mail.pk])
        body = {"reason": "The buyer lost it", "_form_submitted": "on"}

        staff("support").post(address, body)

        assert Event.objects.get(type="mail.resent").reason == "The buyer lost it"
        assert send_waiting_mails(origin=origin) == 1
        assert len(outbox.outbox) == 2

    def test_is_not_for_viewers(self, staff: Staff, mail: Mail) -> None:
        address = reverse("admin:notifications_mail_resend", args=[mail.pk])

        assert staff("viewer").post(address, {"reason": "I want to"}).status_code == 403
