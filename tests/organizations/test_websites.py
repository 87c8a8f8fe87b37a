"""What is found at a merchant's website, and what reviewers see of it."""

from __future__ import annotations

import pytest

from apps.core.errors import ValidationFailed
from apps.core.outbound.pages import Page
from apps.events.models import Event
from apps.organizations import operations
from apps.organizations.models import Organization, WebsiteCheck
from apps.organizations.onboarding import Step, missing_steps, steps_of
from apps.organizations.tasks import check_website_task
from apps.organizations.websites import read_links
from tests.backoffice.world import make_organization
from tests.cases.world import NOW, origin_at
from tests.core.test_outbound_pages import website

SHOP = b"""<!doctype html><title> Maps &amp; more </title>
<a href="/legal">Terms of service</a> <A HREF=/privacy-policy>Here</a>
<a href="https://help.example.com/money-back">We give it back</a>
<a href="javascript:alert('refund')">refund</a> <a>terms</a>"""
ALL = {"terms", "privacy", "refunds"}


class TestReadLinks:
    def test_looks_at_words_and_addresses(self) -> None:
        sight = read_links(SHOP.decode(), base="https://shop.example.com/start/")
        assert sight.title == "Maps & more"
        assert sight.links == {
            "terms": "https://shop.example.com/legal",
            "privacy": "https://shop.example.com/privacy-policy",
            "refunds": "https://help.example.com/money-back",
        }
        assert sight.missing == []

    def test_says_what_is_missing(self) -> None:
        sight = read_links("<a href='/datenschutz'>Datenschutz", base="https://x.example.com")
        assert sight.missing == ["terms", "refund policy"]

    @pytest.mark.parametrize("text", ["", "<", "<a href", "<a href=x><a href=y", "\0<title>"])
    def test_reads_what_is_broken(self, text: str) -> None:
        assert set(read_links(text, base="https://x.example.com").links) == set()


@pytest.fixture
def acme(db: None) -> Organization:
    return make_organization()


def found(acme: Organization, name: str) -> Step:
    acme.refresh_from_db()
    return next(one for one in steps_of(acme) if one.name == name)


def at(acme: Organization, url: str) -> None:
    Organization.objects.filter(pk=acme.pk).update(website=url)
    acme.refresh_from_db()


class TestChecking:
    def test_keeps_what_was_found(self, acme: Organization) -> None:
        assert found(acme, "website_check").note == "Not looked at yet."
        with website(lambda path: (200, {}, SHOP)) as url:
            at(acme, url)
            check_website_task(organization_id=str(acme.pk))
        check = WebsiteCheck.objects.get()
        assert (check.http_code, set(check.links), check.title) == (200, ALL, "Maps & more")
        assert found(acme, "website_check").is_done and found(acme, "website_links").is_done
        assert Event.objects.get(type="organization.website_checked").payload["http_code"] == 200

    def test_stops_nobody(self, acme: Organization) -> None:
        with website(lambda path: (200, {}, b"<a href=/terms>Terms</a>")) as url:
            at(acme, url)
            check_website_task(organization_id=str(acme.pk))
        assert "No link to: privacy policy, refund policy." in found(acme, "website_links").note
        with website(lambda path: (404, {}, b"")) as url:
            at(acme, url)
            check_website_task(organization_id=str(acme.pk))
        assert found(acme, "website_check").note == "It answered 404."
        assert not {"website_check", "website_links"} & {one.name for one in missing_steps(acme)}

    def test_forgets_a_website_that_was_replaced_meanwhile(self, acme: Organization) -> None:
        at(acme, "https://new.example.com")
        page = Page("https://old.example.com", 200, "", "", 5)
        kept = operations.record_website_check(
            organization_id=acme.pk,
            url="https://old.example.com",
            page=page,
            origin=origin_at(NOW),
        )
        assert kept is None and not WebsiteCheck.objects.exists()

    def test_counts_for_the_website_there_is(self, acme: Organization) -> None:
        with website(lambda path: (200, {}, SHOP)) as url:
            at(acme, url)
            check_website_task(organization_id=str(acme.pk))
        at(acme, "https://new.example.com")
        assert found(acme, "website_check").note == "Not looked at yet."

    def test_needs_a_website(self, acme: Organization) -> None:
        with pytest.raises(ValidationFailed):
            operations.request_website_check(organization_id=acme.pk, origin=origin_at(NOW))
        check_website_task(organization_id=str(acme.pk))
        assert not WebsiteCheck.objects.exists()

    def test_is_called_for_by_another_website(
        self, acme: Organization, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        operations.update_organization(
            organization_id=acme.pk,
            changes={"website": "https://shop.example.com"},
            origin=origin_at(NOW),
        )
        event = Event.objects.get(type="organization.updated")
        assert "organizations.check_website" in event.deliveries.values_list("handler", flat=True)
        operations.update_organization(
            organization_id=acme.pk, changes={"name": "Acme Ltd"}, origin=origin_at(NOW)
        )
        event = Event.objects.filter(type="organization.updated").latest("at", "id")
        names = event.deliveries.values_list("handler", flat=True)
        assert "organizations.check_website" not in names
