"""Mails: written once, sent once, switched off, sent again, forgotten."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail as outbox

from apps.core.origin import Origin
from apps.events.models import Event
from apps.notifications.kinds import UnknownMailKind
from apps.notifications.models import Mail
from apps.notifications.operations import (
    Occasion,
    forget_recipient,
    queue_mail,
    resend_mail,
    send_mail,
    send_waiting_mails,
)
from apps.organizations.models import Organization
from tests.notifications.world import CUSTOMER, make_organization, origin

__all__ = ["origin"]

pytestmark = pytest.mark.django_db

FACTS = {
    "product_name": "Icon set",
    "lines": [{"label": "Icon set", "amount": 123456}],
    "currency": "eur",
    "total_amount": 123456,
}


@pytest.fixture
def organization(origin: Origin) -> Organization:
    return make_organization(origin)


def write(organization: Organization, origin: Origin, **fields: Any) -> Mail:
    facts: dict[str, Any] = {
        "kind": "order_confirmation",
        "key": "o1",
        "organization": organization,
        "recipient": "ada@example.com",
        "customer_id": CUSTOMER,
        "context": FACTS,
        **fields,
    }
    mail = queue_mail(occasion=Occasion(**facts), origin=origin)
    assert mail is not None
    return mail


class TestQueueMail:
    def test_writes_subject_text_and_html(self, organization: Organization, origin: Origin) -> None:
        mail = write(organization, origin)

        assert mail.subject == "Your order: Icon set"
        assert "€1,234.56" in mail.text
        assert "€1,234.56" in mail.html
        assert organization.name in mail.html

    def test_writes_amounts_as_the_reader_does(
        self, organization: Organization, origin: Origin
    ) -> None:
        mail = write(organization, origin, locale="de-DE")

        assert "1.234,56\xa0€" in mail.text

    def test_survives_a_locale_that_does_not_exist(
        self, organization: Organization, origin: Origin
    ) -> None:
        assert "€1,234.56" in write(organization, origin, locale="xx-nowhere").text

    def test_escapes_what_people_typed(self, organization: Organization, origin: Origin) -> None:
        facts = {**FACTS, "lines": [{"label": "<script>alert('1')</script>", "amount": 1}]}
        mail = write(organization, origin, context=facts)

        assert "<script>" not in mail.html
        assert "<script>alert('1')</script>" in mail.text

    def test_keeps_the_subject_on_one_line(
        self, organization: Organization, origin: Origin
    ) -> None:
        facts = {**FACTS, "product_name": "Icons\nBcc: all@example.com"}

        assert write(organization, origin, context=facts).subject.count("\n") == 0

    def test_writes_an_occasion_once(self, organization: Organization, origin: Origin) -> None:
        first = write(organization, origin)

        assert write(organization, origin, context={**FACTS, "total_amount": 1}).pk == first.pk
        assert Mail.objects.count() == 1

    def test_keeps_what_is_switched_off_unsent(
        self, organization: Organization, origin: Origin
    ) -> None:
        organization.customer_email_settings = {"order_confirmation": False}
        mail = write(organization, origin)

        assert mail.status == Mail.Status.SUPPRESSED
        assert send_waiting_mails(origin=origin) == 0

    def test_writes_to_nobody_without_an_address(
        self, organization: Organization, origin: Origin
    ) -> None:
        occasion = Occasion(
            kind="order_confirmation", key="o1", organization=organization, recipient=None
        )
        assert queue_mail(occasion=occasion, origin=origin) is None

    def test_knows_its_kinds(self, organization: Organization, origin: Origin) -> None:
        with pytest.raises(UnknownMailKind):
            write(organization, origin, kind="greeting")


class TestSendMail:
    def test_sends_once(self, organization: Organization, origin: Origin) -> None:
        mail = write(organization, origin)

        assert send_mail(mail_id=mail.pk, origin=origin) is True
        assert send_mail(mail_id=mail.pk, origin=origin) is False

        (sent,) = outbox.outbox
        assert sent.to == ["ada@example.com"]
        assert sent.extra_headers["Message-ID"].startswith(f"<{mail.pk}@")
        assert organization.name in sent.from_email

    def test_keeps_a_refused_mail_waiting(
        self, organization: Organization, origin: Origin, settings: Any
    ) -> None:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
        mail = write(organization, origin)

        assert send_mail(mail_id=mail.pk, origin=origin) is False

        mail.refresh_from_db()
        assert (mail.status, mail.attempt_count) == (Mail.Status.QUEUED, 1)
        assert "Refused" in mail.last_error
        settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
        assert send_waiting_mails(origin=origin) == 1


class TestResendMail:
    def test_sends_again_and_says_who_asked(
        self, organization: Organization, origin: Origin
    ) -> None:
        mail = write(organization, origin)
        send_mail(mail_id=mail.pk, origin=origin)

        resend_mail(mail_id=mail.pk, origin=origin.because("The buyer lost it."))

        assert send_waiting_mails(origin=origin) == 1
        assert len(outbox.outbox) == 2
        assert Event.objects.get(type="mail.resent").reason == "The buyer lost it."

    def test_leaves_a_waiting_mail_waiting(
        self, organization: Organization, origin: Origin
    ) -> None:
        mail = write(organization, origin)

        resend_mail(mail_id=mail.pk, origin=origin)

        assert not Event.objects.filter(type="mail.resent").exists()


class TestForgetRecipient:
    def test_empties_the_mails_of_a_customer(
        self, organization: Organization, origin: Origin
    ) -> None:
        mail = write(organization, origin)

        forget_recipient(customer_id=CUSTOMER)

        mail.refresh_from_db()
        assert "ada" not in f"{mail.recipient}{mail.subject}{mail.text}{mail.html}"
