"""Keys from files: understood, checked, taken over as a whole, and written again."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from apps.benefits.models import Benefit, BenefitGrant
from apps.core.errors import InvalidTransition, ValidationFailed
from apps.core.origin import Actor, Door, Origin
from apps.core.plans import PlanImpossible
from apps.customers.models import Customer
from apps.license_keys.exports import COLUMNS, exported_rows, report_of
from apps.license_keys.models import ImportRow, LicenseKey, LicenseKeyImport
from apps.license_keys.operations import (
    apply_import,
    check_import,
    discard_import,
    plan_import,
    receive_import,
    recheck_import,
    run_import,
)
from apps.license_keys.transfer.writing import csv_text, xlsx_bytes
from apps.orders.models import Order
from tests.support.drafts import make_product
from tests.support.license_keys import limited, make_benefit, make_key
from tests.support.merchants import make_organization

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
ORIGIN = Origin(actor=Actor.STAFF, door=Door.BACKOFFICE, at=NOW)


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def benefit() -> Benefit:
    made = make_benefit(
        make_organization(), activations=limited(3), expires={"ttl": 1, "timeframe": "year"}
    )
    made.product_links.create(product=make_product(made.organization))
    return made


def sheet(benefit: Benefit, *rows: dict[str, Any]) -> bytes:
    """A CSV of these rows; product is that of the benefit unless told."""
    link = benefit.product_links.select_related("product").get()
    filled = [
        {"key": f"KEY-{n}", "email": f"a{n}@example.com", "product": link.product.name, **row}
        for n, row in enumerate(rows, 1)
    ]
    names = list(dict.fromkeys(name for row in filled for name in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, names)
    writer.writeheader()
    writer.writerows(filled)
    return text.getvalue().encode()


def receive(benefit: Benefit, content: bytes, name: str = "keys.csv") -> LicenseKeyImport:
    made = receive_import(
        organization=benefit.organization, name=name, content=io.BytesIO(content), origin=ORIGIN
    )
    return check_import(import_id=made.pk, origin=ORIGIN)


def problems(row: LicenseKeyImport) -> list[tuple[int, str, str]]:
    return list(row.problems.order_by("number", "column").values_list("number", "column", "kind"))


def take_over(row: LicenseKeyImport) -> LicenseKeyImport:
    agreed = plan_import(row=row, origin=ORIGIN).fingerprint
    apply_import(import_id=row.pk, agreed=agreed, origin=ORIGIN)
    return run_import(import_id=row.pk, origin=ORIGIN)


class TestCheck:
    def test_finds_nothing_wrong_with_a_good_file(self, benefit: Benefit) -> None:
        row = receive(benefit, sheet(benefit, {}, {}, {}))

        assert (row.status, row.row_count, row.customer_count) == ("checked", 3, 3)
        assert LicenseKey.objects.count() == 0
        assert Customer.objects.count() == 0

    @pytest.mark.parametrize(
        ("cells", "column"),
        [
            ({"key": ""}, "key"),
            ({"key": "x" * 201}, "key"),
            ({"email": "nobody"}, "email"),
            ({"product": "Unknown"}, "product"),
            ({"benefit": "Unknown"}, "benefit"),
            ({"status": "sold"}, "status"),
            ({"limit_activations": "0"}, "limit_activations"),
            ({"limit_usage": "many"}, "limit_usage"),
            ({"usage": "-1"}, "usage"),
            ({"expires_at": "31.01.2027"}, "expires_at"),
            ({"expires_at": "2027-02-31"}, "expires_at"),
            ({"order": "9" * 41}, "order"),
            ({"activations": "x" * 501}, "activations"),
        ],
    )
    def test_names_row_and_column(self, benefit: Benefit, cells: Any, column: str) -> None:
        row = receive(benefit, sheet(benefit, {}, cells))

        assert problems(row) == [(3, column, "cell")]
        assert (row.status, row.problem_count) == ("refused", 1)

    def test_names_every_cell_of_a_row(self, benefit: Benefit) -> None:
        row = receive(benefit, sheet(benefit, {"key": "", "email": "", "usage": "x"}))

        assert [column for _, column, _ in problems(row)] == ["email", "key", "usage"]

    def test_finds_every_collision(self, benefit: Benefit) -> None:
        own = make_key(benefit.organization, benefit=benefit)
        other = make_key(benefit.organization)
        twin = make_key(make_organization())
        row = receive(
            benefit,
            sheet(
                benefit,
                {"key": "TWICE"},
                {"key": "TWICE"},
                {"key": own.key},
                {"key": own.key, "email": own.customer.email},
                {"key": other.key, "email": other.customer.email},
                {"key": twin.key},
            ),
        )

        assert problems(row) == [
            (3, "key", "repeated"),
            (4, "key", "taken"),
            (5, "key", "repeated"),
            (6, "key", "other_benefit"),
        ]
        assert row.known_count == 1

    def test_refuses_a_benefit_that_is_of_another_kind_or_product(self, benefit: Benefit) -> None:
        note = Benefit.objects.create(
            created_at=NOW, organization=benefit.organization, type="custom", description="Note"
        )
        strange = make_benefit(benefit.organization)
        row = receive(
            benefit, sheet(benefit, {"benefit": str(note.pk)}, {"benefit": str(strange.pk)})
        )

        messages = list(row.problems.order_by("number").values_list("message", flat=True))
        assert "is none of licence keys" in messages[0]
        assert messages[1] == "The product does not come with this benefit."

    @pytest.mark.parametrize(
        ("name", "content", "words"),
        [
            ("keys.csv", b"", "The file is empty."),
            ("keys.csv", b"email,product\n", "There is no column key."),
            ("keys.csv", b"key,email\n", "There is no column benefit or product."),
            ("keys.csv", b"key,email,product\n\xff\xfe,a,b\n", "The file is not in UTF-8."),
            ("keys.xlsx", b"key,email,product\n", "The file is no XLSX workbook."),
        ],
    )
    def test_says_why_a_file_cannot_be_read(
        self, benefit: Benefit, name: str, content: bytes, words: str
    ) -> None:
        row = receive(benefit, content, name)

        assert row.status == "refused"
        assert [one.message for one in row.problems.all()] == [words]

    def test_understands_other_titles_and_delimiters(self, benefit: Benefit) -> None:
        content = (
            "\ufeffLicense Key;Customer E-Mail;Benefit ID;Max Activations;Colour\n"
            f"A-1;a@example.com;{benefit.pk};7;red\n\n"
        )

        row = receive(benefit, content.replace("E-Mail", "email").encode())

        assert (row.status, row.unknown_columns) == ("checked", ["Colour"])
        assert ImportRow.objects.get().limit_activations == 7

    def test_reads_a_workbook(self, benefit: Benefit) -> None:
        book, file = Workbook(), io.BytesIO()
        page: Any = book.active
        page.append(["key", "email", "benefit", "expires_at", "limit_usage"])
        page.append([12345, "a@example.com", str(benefit.pk), datetime(2030, 1, 2), 9.0])  # noqa: DTZ001
        book.save(file)

        row = receive(benefit, file.getvalue(), "keys.XLSX")

        assert row.status == "checked"
        staged = ImportRow.objects.get()
        assert (staged.key, staged.limit_usage) == ("12345", 9)
        assert staged.expires_at == datetime(2030, 1, 2, tzinfo=UTC)

    def test_takes_no_other_kind_of_file(self, benefit: Benefit) -> None:
        with pytest.raises(ValidationFailed):
            receive(benefit, b"", "keys.pdf")

    def test_can_be_made_again(self, benefit: Benefit) -> None:
        strange = make_benefit(benefit.organization)
        row = receive(benefit, sheet(benefit, {"benefit": str(strange.pk)}))
        assert row.status == "refused"
        strange.product_links.create(product=benefit.product_links.get().product)

        recheck_import(import_id=row.pk, origin=ORIGIN)

        assert check_import(import_id=row.pk, origin=ORIGIN).status == "checked"


class TestApply:
    def test_makes_keys_orders_grants_and_customers(self, benefit: Benefit) -> None:
        row = receive(
            benefit,
            sheet(
                benefit,
                {
                    "key": "OLD-1",
                    "name": "Ada",
                    "order": "A100",
                    "order_date": "2025-03-01",
                    "limit_usage": "9",
                    "usage": "4",
                    "activations": "Laptop; Desktop",
                },
                {"key": "OLD-2", "order": "A100", "email": "a1@example.com"},
                {"key": "OLD-3", "status": "revoked", "expires_at": "2027-01-01"},
                {"key": "OLD-4", "status": "disabled"},
            ),
        )

        done = take_over(row)

        assert (done.status, done.applied_count) == ("applied", 4)
        first = LicenseKey.objects.get(key="OLD-1")
        order = Order.objects.get(pk=first.grant.order_id)  # type: ignore[union-attr]
        assert first.customer.name == "Ada"
        assert (first.usage, first.limit_usage, first.limit_activations) == (4, 9, 3)
        assert first.expires_at == datetime(2026, 3, 1, tzinfo=UTC)
        assert first.own_terms == ["limit_usage"]
        assert sorted(one.label for one in first.activations.all()) == ["Desktop", "Laptop"]
        assert (order.status, order.net_amount, order.paid_at) == (
            "paid",
            0,
            datetime(2025, 3, 1, tzinfo=UTC),
        )
        assert order.invoice_number is not None
        assert order.invoice_number.startswith("IMPORTED-A100-")
        # A second key of the same benefit has an order of its own.
        assert LicenseKey.objects.get(key="OLD-2").grant.order_id != order.pk  # type: ignore[union-attr]
        revoked = LicenseKey.objects.get(key="OLD-3")
        assert (revoked.status, revoked.expires_at) == ("revoked", datetime(2027, 1, 1, tzinfo=UTC))
        grant = BenefitGrant.objects.get(license_key=revoked)
        assert grant.is_revoked and not grant.is_wanted
        assert LicenseKey.objects.get(key="OLD-4").status == "disabled"
        assert Customer.objects.filter(organization=benefit.organization).count() == 3
        assert not ImportRow.objects.exists()

    def test_of_the_same_file_again_makes_nothing(self, benefit: Benefit) -> None:
        content = sheet(benefit, {"order": "A"}, {"order": "B"})
        take_over(receive(benefit, content))

        again = receive(benefit, content)

        assert (again.status, again.known_count) == ("checked", 2)
        with pytest.raises(PlanImpossible, match="Every key is there already"):
            apply_import(import_id=again.pk, origin=ORIGIN)

    def test_of_a_longer_file_makes_what_is_new(self, benefit: Benefit) -> None:
        take_over(receive(benefit, sheet(benefit, {"order": "A"})))

        done = take_over(receive(benefit, sheet(benefit, {"order": "A"}, {"order": "B"})))

        assert (done.applied_count, done.known_count) == (1, 1)
        assert LicenseKey.objects.count() == 2

    def test_makes_more_customers_than_a_millisecond_has_room_for(self, benefit: Benefit) -> None:
        done = take_over(receive(benefit, sheet(benefit, *[{}] * 1100)))

        assert (done.status, done.applied_count) == ("applied", 1100)
        assert Customer.objects.count() == 1100

    def test_runs_once(self, benefit: Benefit) -> None:
        row = take_over(receive(benefit, sheet(benefit, {})))

        assert run_import(import_id=row.pk, origin=ORIGIN).status == "applied"
        assert LicenseKey.objects.count() == 1

    def test_refuses_all_if_one_key_was_taken_since(self, benefit: Benefit) -> None:
        row = receive(benefit, sheet(benefit, {}, {"key": "WANTED"}))
        apply_import(import_id=row.pk, origin=ORIGIN)
        taken = make_key(benefit.organization)
        LicenseKey.objects.filter(pk=taken.pk).update(key="WANTED")

        refused = run_import(import_id=row.pk, origin=ORIGIN)

        assert refused.status == "refused"
        assert problems(refused) == [(3, "key", "other_benefit")]
        assert LicenseKey.objects.count() == 1
        assert not Order.objects.exists()

    def test_needs_a_checked_file(self, benefit: Benefit) -> None:
        row = receive(benefit, sheet(benefit, {"key": ""}))

        with pytest.raises(InvalidTransition):
            apply_import(import_id=row.pk, origin=ORIGIN)
        discard_import(import_id=row.pk, origin=ORIGIN)
        assert not row.problems.exists()

    def test_grants_that_follow_bring_the_same_key(self, benefit: Benefit) -> None:
        take_over(receive(benefit, sheet(benefit, {"key": "OLD-1"})))

        grant = BenefitGrant.objects.get()

        key = LicenseKey.objects.get()
        assert grant.properties["license_key_id"] == str(key.pk)
        assert (grant.is_granted, grant.pk) == (True, key.grant_id)


class TestReport:
    def test_lists_what_is_wrong(self, benefit: Benefit) -> None:
        row = receive(benefit, sheet(benefit, {"key": ""}, {"usage": "x"}))

        columns, rows = report_of(row)

        lines = list(csv_text(columns, rows))
        assert lines[0] == "row,column,kind,problem\r\n"
        assert lines[1] == "2,key,cell,A key is needed.\r\n"
        assert len(lines) == 3

    def test_lists_what_was_made(self, benefit: Benefit) -> None:
        row = take_over(receive(benefit, sheet(benefit, {"key": "OLD-1"})))

        _, rows = report_of(row)

        assert [one[:4] for one in rows] == [
            ("OLD-1", "a1@example.com", benefit.description, "granted")
        ]


class TestExport:
    @pytest.fixture
    def key(self, benefit: Benefit) -> LicenseKey:
        take_over(
            receive(
                benefit,
                sheet(benefit, {"key": "=OLD", "activations": "Laptop", "usage": "2"}),
            )
        )
        return LicenseKey.objects.get()

    def test_is_understood_by_an_import(self, key: LicenseKey, benefit: Benefit) -> None:
        text = "".join(csv_text(COLUMNS, exported_rows(LicenseKey.objects.all())))

        row = receive(benefit, text.encode())

        assert (row.status, row.known_count, row.row_count) == ("checked", 1, 1)
        staged = ImportRow.objects.get()
        assert (staged.key, staged.usage, staged.devices) == ("=OLD", 2, ["Laptop"])

    def test_comes_as_a_workbook_too(self, key: LicenseKey) -> None:
        content = b"".join(xlsx_bytes(COLUMNS, exported_rows(LicenseKey.objects.all())))

        page: Any = load_workbook(io.BytesIO(content)).active
        rows = list(page.iter_rows(values_only=True))
        assert rows[0] == COLUMNS
        assert rows[1][0] == "'=OLD"


def test_expiry_of_the_benefit_counts_from_the_order(benefit: Benefit) -> None:
    take_over(receive(benefit, sheet(benefit, {})))

    assert LicenseKey.objects.get().expires_at == NOW + timedelta(days=365)
