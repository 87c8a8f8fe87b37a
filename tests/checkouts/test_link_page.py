"""The address of a checkout link, as buyers, browsers and programs ask for it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from apps.catalog.inputs import PriceInput, ProductInput
from apps.catalog.models import Product
from apps.catalog.operations import create_product, update_product
from apps.catalog.tiers import Tier
from apps.checkouts.models import Checkout, CheckoutLink
from apps.checkouts.operations import LinkInput, create_link, delete_link, update_link
from apps.core.clock import system_time
from apps.core.origin import Actor, Door, build_origin
from apps.discounts.models import Discount
from apps.discounts.operations import DiscountInput, create_discount
from apps.organizations.models import Organization
from tests.support.merchants import make_organization

pytestmark = pytest.mark.django_db

ORIGIN = build_origin(actor=Actor.MERCHANT, door=Door.API)


@pytest.fixture
def organization() -> Organization:
    return make_organization()


def make_product(organization: Organization, name: str = "Handbook", **price: Any) -> Product:
    data = {"kind": "fixed", "currency": "usd", "fixed_amount": 2000, **price}
    return create_product(
        organization=organization,
        data=ProductInput(name=name, prices=[PriceInput(**data)]),
        origin=ORIGIN,
    )


def make_seats(organization: Organization, maximum: int | None = 10) -> Product:
    tiers = [Tier(minimum=1, maximum=maximum, unit_amount=Decimal(500))]
    return make_product(
        organization, "Team", kind="seat", fixed_amount=None, tier_type="volume", tiers=tiers
    )


def make_link(*products: Product, **details: Any) -> CheckoutLink:
    return create_link(
        organization=products[0].organization,
        data=LinkInput(product_ids=[product.pk for product in products], details=details),
        origin=ORIGIN,
    )


def make_code(organization: Organization, **more: Any) -> Discount:
    facts = {"name": "Half", "type": "percentage", "basis_points": 5000, "duration": "once"}
    return create_discount(
        organization=organization, data=DiscountInput(**{**facts, **more}), origin=ORIGIN
    )


def address(link: CheckoutLink, **query: Any) -> str:
    return f"/checkout-links/{link.client_secret}" + (f"?{urlencode(query)}" if query else "")


def opened(link: CheckoutLink, **query: Any) -> Checkout:
    answer = Client().get(address(link, **query))
    assert answer.status_code == 303, answer.content
    checkout = Checkout.objects.get(client_secret=answer["Location"].rpartition("/")[2])
    assert Client().get(answer["Location"]).status_code == 200
    return checkout


def offered(checkout: Checkout) -> list[Product]:
    return [offer.product for offer in checkout.offers.order_by("position")]


class TestOpening:
    def test_makes_a_checkout_as_the_link_says(self, organization: Organization) -> None:
        first, second = make_product(organization), make_product(organization, "Poster")
        discount = make_code(organization)
        link = make_link(
            second,
            first,
            discount_id=discount.pk,
            allow_discount_codes=False,
            require_billing_address=True,
            success_url="https://shop.example/{CHECKOUT_ID}",
            return_url="https://shop.example/",
            metadata={"campaign": "spring"},
        )

        checkout = opened(link)

        assert checkout.link == link
        assert offered(checkout) == [second, first]
        assert (checkout.product, checkout.discount, checkout.net_amount) == (
            second,
            discount,
            1000,
        )
        assert not checkout.allow_discount_codes
        assert checkout.require_billing_address
        assert checkout.success_url == "https://shop.example/{CHECKOUT_ID}"
        assert checkout.return_url == "https://shop.example/"
        assert checkout.metadata == {"campaign": "spring"}

    def test_makes_one_for_each_who_opens_it(self, organization: Organization) -> None:
        link = make_link(make_product(organization))

        assert opened(link) != opened(link)

    def test_leaves_out_what_is_archived_or_a_draft(self, organization: Organization) -> None:
        archived, draft = make_product(organization), make_product(organization, "Draft")
        sold = make_product(organization, "Poster")
        link = make_link(archived, draft, sold)
        Product.objects.filter(pk=archived.pk).update(archived_at=ORIGIN.at)
        Product.objects.filter(pk=draft.pk).update(visibility="draft")

        checkout = opened(link)

        assert offered(checkout) == [sold]

    def test_leaves_out_a_discount_that_is_over(self, organization: Organization) -> None:
        discount = make_code(organization)
        link = make_link(make_product(organization), discount_id=discount.pk)
        Discount.objects.filter(pk=discount.pk).update(ends_at=ORIGIN.at - timedelta(days=1))

        assert opened(link).discount is None

    def test_takes_the_trial_of_the_link(self, organization: Organization) -> None:
        plan = create_product(
            organization=organization,
            data=ProductInput(
                name="Plan",
                recurring_interval="month",
                recurring_interval_count=1,
                prices=[PriceInput(kind="fixed", currency="usd", fixed_amount=2000)],
            ),
            origin=ORIGIN,
        )
        link = make_link(plan, trial_interval="day", trial_interval_count=7)

        checkout = opened(link)

        assert checkout.trial_end_at is not None
        assert timedelta(days=6) < checkout.trial_end_at - system_time() <= timedelta(days=7)

    def test_locks_the_number_of_seats(self, organization: Organization) -> None:
        checkout = opened(make_link(make_seats(organization), seats=5))

        assert (checkout.seats, checkout.min_seats, checkout.max_seats) == (5, 5, 5)
        assert checkout.amount == 2500

    def test_forgets_the_lock_once_a_product_does_not_fit(self, organization: Organization) -> None:
        team = make_seats(organization)
        link = make_link(team, seats=5)
        tiers = [Tier(minimum=1, maximum=3, unit_amount=Decimal(500))]
        price = PriceInput(kind="seat", currency="usd", tier_type="volume", tiers=tiers)
        update_product(product_id=team.pk, changes={"prices": [price]}, origin=ORIGIN)

        checkout = opened(link)

        assert (checkout.seats, checkout.min_seats, checkout.max_seats) == (1, None, None)


class TestPrefill:
    def test_takes_what_is_possible(self, organization: Organization) -> None:
        link = make_link(
            make_product(organization),
            make_product(organization, "Tip", kind="custom", fixed_amount=None, minimum_amount=100),
        )
        discount = make_code(organization, code="HALF")
        tip = Product.objects.get(name="Tip")

        checkout = opened(
            link,
            product_id=tip.pk,
            amount=700,
            customer_email="ada@example.com",
            customer_name="Ada",
            discount_code="half",
            locale="fr",
        )

        assert (checkout.product, checkout.amount, checkout.discount) == (tip, 700, discount)
        assert (checkout.customer_email, checkout.customer_name) == ("ada@example.com", "Ada")
        assert checkout.locale == "fr"

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("product_id", "nonsense"),
            ("product_id", "7a5b0f4e-3f3d-4a43-a1c4-1c1f0f0a8f11"),
            ("amount", "-5"),
            ("amount", "1e3"),
            ("amount", "99999999999999999999"),
            ("amount", "²"),
            ("customer_email", "not an address"),
            ("customer_name", "x" * 300),
            ("customer_name", "\0"),
            ("discount_code", "nonsense"),
            ("discount_code", "\0"),
            ("locale", "x" * 40),
            ("utm_source", "x" * 501),
            ("utm_source", "\0"),
            ("client_secret", "polar_c_mine"),
            ("success_url", "https://evil.example/"),
        ],
    )
    def test_ignores_what_is_not(self, organization: Organization, name: str, value: str) -> None:
        link = make_link(
            make_product(organization, kind="custom", fixed_amount=None, minimum_amount=100)
        )

        checkout = opened(link, **{name: value})

        assert (checkout.amount, checkout.discount, checkout.metadata) == (100, None, {})
        assert (checkout.customer_email, checkout.customer_name) == (None, None)
        assert (checkout.locale, checkout.success_url) == (None, None)

    def test_of_a_code_takes_the_place_of_the_links_discount(
        self, organization: Organization
    ) -> None:
        usual = make_code(organization, basis_points=1000)
        better = make_code(organization, code="HALF")
        link = make_link(make_product(organization), discount_id=usual.pk)

        assert opened(link, discount_code="HALF").discount == better
        assert opened(link, discount_code="NONE").discount == usual

    def test_of_a_code_needs_leave(self, organization: Organization) -> None:
        make_code(organization, code="HALF")
        link = make_link(make_product(organization), allow_discount_codes=False)

        assert opened(link, discount_code="HALF").discount is None

    def test_of_metadata_never_overrides_the_links(self, organization: Organization) -> None:
        link = make_link(make_product(organization), metadata={"utm_source": "link"})

        checkout = opened(link, utm_source="mail", utm_medium="text", reference_id="r-1", other="x")

        assert checkout.metadata == {
            "utm_source": "link",
            "utm_medium": "text",
            "reference_id": "r-1",
        }

    def test_of_metadata_stops_at_what_an_object_holds(self, organization: Organization) -> None:
        full = {f"key{number}": number for number in range(50)}
        link = make_link(make_product(organization), metadata=full)

        assert opened(link, utm_source="mail").metadata == full


class TestWhatMakesNone:
    def test_a_look_at_the_headers(self, organization: Organization, client: Client) -> None:
        link = make_link(make_product(organization))

        assert client.head(address(link)).status_code == 200
        assert not Checkout.objects.exists()

    @pytest.mark.parametrize(
        "agent",
        [
            "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
            "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
            "WhatsApp/2.23.20.0",
            "facebookexternalhit/1.1",
        ],
    )
    def test_a_program(self, organization: Organization, client: Client, agent: str) -> None:
        link = make_link(make_product(organization))

        answer = client.get(address(link), headers={"User-Agent": agent})

        assert answer.status_code == 200
        assert b"Handbook" in answer.content
        assert not Checkout.objects.exists()

    def test_but_a_person_taken_for_one_goes_on(
        self, organization: Organization, client: Client
    ) -> None:
        link = make_link(make_product(organization))

        answer = client.post(address(link, customer_name="Ada"))

        assert answer.status_code == 303
        assert Checkout.objects.get().customer_name == "Ada"

    def test_a_fetch_ahead(self, organization: Organization, client: Client) -> None:
        link = make_link(make_product(organization))

        answer = client.get(address(link), headers={"Sec-Purpose": "prefetch;prerender"})

        assert answer.status_code == 503
        assert not Checkout.objects.exists()


class TestWhatIsInTheWay:
    def test_of_a_link_that_never_was(self, client: Client) -> None:
        answer = client.get("/checkout-links/polar_cl_nonsense")

        assert answer.status_code == 404
        assert b"This link does not exist" in answer.content

    def test_of_a_link_that_was_withdrawn(self, organization: Organization, client: Client) -> None:
        link = make_link(make_product(organization))
        delete_link(link_id=link.pk, origin=ORIGIN)

        assert client.get(address(link)).status_code == 404
        assert not Checkout.objects.exists()

    def test_of_a_link_of_which_nothing_is_sold(
        self, organization: Organization, client: Client
    ) -> None:
        product = make_product(organization)
        link = make_link(product)
        Product.objects.filter(pk=product.pk).update(archived_at=ORIGIN.at)

        answer = client.get(address(link))

        assert answer.status_code == 410
        assert b"cannot be bought at the moment" in answer.content
        assert not Checkout.objects.exists()

    def test_of_a_merchant_who_is_shut_out(
        self, organization: Organization, client: Client
    ) -> None:
        link = make_link(make_product(organization))
        Organization.objects.update(capabilities={})

        assert client.get(address(link)).status_code == 410
        assert not Checkout.objects.exists()

    def test_too_often(
        self, organization: Organization, client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("apps.checkouts.api.limits.OPENING_RULES", ((1, 60),))
        link = make_link(make_product(organization))
        there = {"REMOTE_ADDR": f"198.51.100.{id(link) % 250}"}

        answers = [client.get(address(link), **there) for _ in range(2)]

        assert answers[1].status_code == 429
        assert int(answers[1]["Retry-After"]) > 0


class TestUpdating:
    def test_of_nothing_writes_nothing(self, organization: Organization) -> None:
        link = make_link(make_product(organization), label="Same")

        changed = update_link(
            link_id=link.pk, changes={"label": "Same", "products": None}, origin=ORIGIN
        )

        assert changed.modified_at is None

    def test_goes_on_with_a_number_that_has_ceased_to_fit(self, organization: Organization) -> None:
        link = make_link(make_seats(organization), seats=5)
        CheckoutLink.objects.filter(pk=link.pk).update(seats=5000)

        changed = update_link(link_id=link.pk, changes={"label": "Team"}, origin=ORIGIN)

        assert (changed.label, changed.seats) == ("Team", 5000)
