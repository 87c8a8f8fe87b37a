"""Custom fields through the SDK, in each of its versions: from the definition to the order."""

from __future__ import annotations

from typing import Any

import pytest

FIXED = {"amount_type": "fixed", "price_amount": 0, "price_currency": "usd"}
OPTIONS = [{"value": "s", "label": "Small"}, {"value": "l", "label": "Large"}]


def field(polar: Any, slug: str = "note", **more: Any) -> Any:
    facts = {"type": "text", "slug": slug, "name": slug.title(), "properties": {}}
    return polar.custom_fields.create(**{**facts, **more})


def asking(polar: Any, *fields: tuple[Any, bool]) -> Any:
    attached = [{"custom_field_id": one.id, "required": required} for one, required in fields]
    return polar.products.create(name="Shirt", prices=[FIXED], attached_custom_fields=attached)


def confirmed(polar: Any, checkout: Any, **more: Any) -> Any:
    return polar.checkouts.client_confirm(
        checkout.client_secret, customer_email="ada@example.com", **more
    )


class TestCreateCustomField:
    @pytest.mark.parametrize(
        ("kind", "properties"),
        [
            ("text", {"form_label": "Note", "textarea": True, "min_length": 2, "max_length": 9}),
            ("number", {"form_placeholder": "1", "ge": -5, "le": 10}),
            ("date", {"form_help_text": "When?", "ge": 0, "le": 4_102_444_800}),
            ("checkbox", {"form_label": "I agree"}),
            ("select", {"options": OPTIONS}),
        ],
    )
    def test_of_each_type(self, polar: Any, kind: str, properties: dict[str, Any]) -> None:
        made = field(polar, type=kind, properties=properties, metadata={"shelf": 3})

        assert (made.type, made.slug, made.name) == (kind, "note", "Note")
        for name, value in properties.items():
            if name != "options":
                assert getattr(made.properties, name) == value
        assert made.metadata == {"shelf": 3}
        assert polar.custom_fields.get(made.id) == made

    @pytest.mark.parametrize(
        ("name", "more"),
        [
            ("slug", {"slug": "Not a slug"}),
            ("name", {"name": ""}),
            ("type", {"type": "colour"}),
            ("properties", {"properties": {"min_length": -1}}),
            ("properties", {"properties": {"min_length": 5, "max_length": 4}}),
            ("properties", {"type": "select", "properties": {}}),
            ("properties", {"type": "select", "properties": {"options": []}}),
            ("properties", {"type": "select", "properties": {"options": [OPTIONS[0]] * 2}}),
            ("properties", {"type": "number", "properties": {"ge": 2**31}}),
            ("organization_id", {"organization_id": "7a5b0f4e-3f3d-4a43-a1c4-1c1f0f0a8f11"}),
        ],
    )
    def test_refuses(self, polar: Any, errors: Any, name: str, more: dict[str, Any]) -> None:
        with pytest.raises(errors.HTTPValidationError) as caught:
            field(polar, **more)

        assert name in [problem.loc[1] for problem in caught.value.error.detail]

    def test_refuses_a_slug_twice_until_it_is_free(self, polar: Any, errors: Any) -> None:
        made = field(polar)

        with pytest.raises(errors.HTTPValidationError):
            field(polar)
        polar.custom_fields.delete(made.id)

        assert field(polar).id != made.id


class TestListCustomFields:
    def test_filters_and_sorts(self, polar: Any) -> None:
        field(polar, "b-size", name="Size", type="number")
        field(polar, "a-note", name="Zebra")

        def slugs(**query: Any) -> list[str]:
            return [one.slug for one in polar.custom_fields.list(**query).items]

        assert slugs() == ["a-note", "b-size"]
        assert slugs(sorting=["-name"]) == ["a-note", "b-size"]
        assert slugs(query="size") == slugs(query="IZE") == ["b-size"]
        assert slugs(type="text") == ["a-note"]


class TestUpdateCustomField:
    def test_changes_what_is_given_and_never_the_type(self, polar: Any, errors: Any) -> None:
        made = field(polar, properties={"min_length": 2})

        changed = polar.custom_fields.update(made.id, type="text", name="Remark")

        assert (changed.name, changed.slug, changed.properties.min_length) == ("Remark", "note", 2)
        with pytest.raises(errors.HTTPValidationError):
            polar.custom_fields.update(made.id, type="number")

    def test_moves_what_buyers_answered(self, polar: Any) -> None:
        made = field(polar)
        product = asking(polar, (made, False))
        checkout = polar.checkouts.create(
            products=[product.id], custom_field_data={"note": "Hello"}
        )

        polar.custom_fields.update(made.id, type="text", slug="remark")

        assert polar.checkouts.get(checkout.id).custom_field_data == {"remark": "Hello"}


class TestDeleteCustomField:
    def test_has_no_product_ask_it(self, polar: Any, errors: Any) -> None:
        made, other = field(polar), field(polar, "other")
        product = asking(polar, (made, True), (other, False))

        polar.custom_fields.delete(made.id)

        asked = polar.products.get(product.id).attached_custom_fields
        assert [one.custom_field.slug for one in asked] == ["other"]
        with pytest.raises(errors.ResourceNotFound):
            polar.custom_fields.get(made.id)


class TestProducts:
    def test_ask_in_their_order(self, polar: Any) -> None:
        first, second = field(polar, "first"), field(polar, "second")
        product = asking(polar, (second, True), (first, False))

        def asked(one: Any) -> list[tuple[str, bool, int]]:
            return [
                (row.custom_field.slug, row.required, row.order)
                for row in one.attached_custom_fields
            ]

        assert asked(product) == [("second", True, 0), ("first", False, 1)]
        changed = polar.products.update(
            product.id, attached_custom_fields=[{"custom_field_id": first.id, "required": True}]
        )
        assert asked(changed) == [("first", True, 0)]
        assert asked(polar.products.update(product.id, name="Jersey")) == [("first", True, 0)]

    def test_cannot_ask_what_is_not_there(self, polar: Any, errors: Any) -> None:
        made = field(polar)
        polar.custom_fields.delete(made.id)

        with pytest.raises(errors.HTTPValidationError) as caught:
            asking(polar, (made, True))
        assert caught.value.error.detail[0].loc == [
            "body",
            "attached_custom_fields",
            0,
            "custom_field_id",
        ]


class TestCheckouts:
    def test_keep_what_is_answered_in_the_order(self, polar: Any, errors: Any) -> None:
        size = field(polar, "size", type="select", properties={"options": OPTIONS})
        agreed = field(polar, "agreed", type="checkbox")
        note = field(polar, "note")
        product = asking(polar, (size, True), (agreed, True), (note, False))

        checkout = polar.checkouts.create(
            products=[product.id], custom_field_data={"note": "Hi", "unknown": "x"}
        )

        assert [one.custom_field.slug for one in checkout.attached_custom_fields] == [
            "size",
            "agreed",
            "note",
        ]
        assert checkout.custom_field_data == {"note": "Hi"}
        changed = polar.checkouts.client_update(
            checkout.client_secret, custom_field_data={"size": "l"}
        )
        assert changed.custom_field_data == {"note": "Hi", "size": "l"}

        with pytest.raises(errors.HTTPValidationError) as caught:
            confirmed(polar, checkout, custom_field_data={"agreed": False})
        assert [problem.loc for problem in caught.value.error.detail] == [
            ["body", "custom_field_data", "agreed"]
        ]

        answer = confirmed(polar, checkout, custom_field_data={"agreed": True, "note": None})
        assert answer.custom_field_data == {"size": "l", "agreed": True}

    @pytest.mark.parametrize(
        ("kind", "properties", "answer"),
        [
            ("text", {"max_length": 2}, "abc"),
            ("number", {"le": 10}, 11),
            ("number", {}, True),
            ("date", {}, "tomorrow"),
            ("date", {"ge": 1_767_225_600}, "2025-12-31"),
            ("checkbox", {}, "yes"),
            ("select", {"options": OPTIONS}, "m"),
        ],
    )
    def test_refuse_what_is_no_answer(
        self, polar: Any, errors: Any, kind: str, properties: dict[str, Any], answer: Any
    ) -> None:
        product = asking(polar, (field(polar, type=kind, properties=properties), False))

        with pytest.raises(errors.HTTPValidationError):
            polar.checkouts.create(products=[product.id], custom_field_data={"note": answer})
