"""Bad numbers, amounts, texts, addresses and days in JSON: each is refused by the name of its field, and nothing is changed."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest

from tests.hostile import inputs
from tests.hostile.given import Target, as_refused, send

pytestmark = [pytest.mark.django_db, pytest.mark.no_cover]


@dataclass(frozen=True)
class Place:
    """A field somewhere: whose call, the body with `§` where the value stands, and those values that are good here."""

    who: str
    call: str
    body: str
    field: str
    good: frozenset[str] = frozenset()


PRODUCT = '{"name": "Tea", "price": "9.50", "quantity": 5, "category": "soft-drinks", "brand": "pepsi"'
ADDRESS = '{"label": "Store", "line1": "Road 1", "emirate": "Dubai"'
ORDER = '{"payment_method": "card", "address": <address>, "items": [{"product": "<product>", "quantity": 1}]'
SIGN_UP = '{"name": "Noor", "phone": "+971501234567", "password": "Carton-330ml-Pepsi", "company_name": "Noor Foods"'
ZERO, NONE, SIGNS = frozenset({"zero", "minus zero"}), frozenset({"nothing"}), frozenset({"minus one"})
LARGE = frozenset({"one past 31 bits", "one past 32 bits"})

NUMBER_PLACES = {
    "a cart": Place("retailer", "PUT /api/cart/items/{product}", '{"quantity": §}', "quantity"),
    "an order's line": Place(
        "retailer",
        "POST /api/orders",
        '{"payment_method": "card", "address": <address>, "items": [{"product": "<product>", "quantity": §}]}',
        "items.0.quantity",
    ),
    "an order's address": Place("retailer", "POST /api/orders", ORDER.replace("<address>", "§") + "}", "address"),
    "a correction": Place("vendor", "POST /api/products/{product}/stock", '{"reason": "Counted", "change": §}', "change", SIGNS),
    "a count": Place("vendor", "POST /api/products/{product}/stock", '{"reason": "Counted", "on_hand": §}', "on_hand", ZERO),
    "a new product's stock": Place(
        "vendor", "POST /api/products", PRODUCT.replace('"quantity": 5', '"quantity": §') + "}", "quantity", ZERO
    ),
    "a smallest order": Place("vendor", "PATCH /api/products/{product}", '{"min_order_quantity": §}', "min_order_quantity"),
    "a multiple": Place("vendor", "PATCH /api/products/{product}", '{"order_multiple": §}', "order_multiple"),
    "a pack": Place("vendor", "PATCH /api/products/{product}", '{"units_per_pack": §}', "units_per_pack", NONE),
    "a mark of low stock": Place("vendor", "PATCH /api/products/{product}", '{"low_stock_at": §}', "low_stock_at", NONE | ZERO),
    "a notification": Place("retailer", "POST /api/notifications/read", '{"ids": [§]}', "ids.0", LARGE | {"nothing at all"}),
}
MONEY_PLACES = {
    "a price": Place("vendor", "PATCH /api/products/{product}", '{"price": §}', "price"),
    "a new product's price": Place("vendor", "POST /api/products", PRODUCT.replace('"9.50"', "§") + "}", "price"),
    "what an order may cost": Place(
        "retailer", "POST /api/orders", ORDER + ', "expected_total": §}', "expected_total", frozenset({"a million", "thirteen digits"})
    ),
    "a refund": Place("staff", "POST /api/payments/{taken}/refund", '{"reason": "Damaged", "amount": §}', "amount"),
    "a smallest order's value": Place(
        "vendor",
        "PATCH /api/company",
        '{"minimum_order_value": §}',
        "minimum_order_value",
        frozenset({"zero", "zero as text", "zero with places"}),
    ),
    "a rate of VAT": Place(
        "vendor", "PATCH /api/products/{product}", '{"vat_rate": §}', "vat_rate", frozenset({"zero", "zero as text", "zero with places"})
    ),
}
LONG = frozenset({"one more than fits", "one more than fits, in Arabic"})
LINES = frozenset({"a line break", "CR and LF", "a tab", "a line separator"})
MARKS = frozenset({"a thousand combining marks"})
NO_WORD = frozenset(name for name in inputs.TEXTS if name.endswith(" only") or name == "no text")
TEXT_PLACES = {
    "a product's name": Place("vendor", "PATCH /api/products/{product}", '{"name": §}', "name", LONG),
    "a description": Place("vendor", "PATCH /api/products/{product}", '{"description": §}', "description", LONG | LINES | NO_WORD | MARKS),
    "a person's name": Place("retailer", "PATCH /api/auth/me", '{"name": §}', "name"),
    "a company's name": Place("retailer", "PATCH /api/company", '{"name": §}', "name"),
    "a new company's name": Place(
        "anonymous",
        "POST /api/retailer/register",
        SIGN_UP.replace('"Noor Foods"', "§") + ', "email": "noor@shop.test"}',
        "company_name",
    ),
    "an address": Place("retailer", "POST /api/addresses", ADDRESS.replace('"Store"', "§") + "}", "label"),
    "a partner's name": Place("staff", "PATCH /api/delivery-partners/{partner}", '{"company_name": §}', "company_name"),
    "a colleague": Place("vendor", "POST /api/team", '{"email": "noor@shop.test", "role": "member", "name": §}', "name"),
    "a reason to reject": Place("vendor", "POST /api/orders/{order}/reject", '{"reason": §}', "reason", LONG | LINES),
    "a reason to suspend": Place("staff", "POST /api/vendors/{vendor}/suspend", '{"reason": §}', "reason", LONG | LINES),
    "an order's notes": Place("retailer", "POST /api/orders", ORDER + ', "notes": §}', "notes", LONG | LINES | NO_WORD),
    "a brand": Place("vendor", "POST /api/brands", '{"name": §}', "name"),
    "a category": Place("staff", "POST /api/categories", '{"name": §}', "name"),
    "why stock changed": Place("vendor", "POST /api/products/{product}/stock", '{"change": 5, "reason": §}', "reason", LONG),
    "a driver's note": Place(
        "driver", "POST /api/deliveries/{delivery}/status", '{"status": "picked_up", "note": §}', "note", LONG | LINES | NO_WORD
    ),
}
EMAIL_PLACES = {
    "a registration": Place("anonymous", "POST /api/retailer/register", SIGN_UP + ', "email": §}', "email"),
    "an invitation": Place("vendor", "POST /api/team", '{"name": "Noor", "role": "member", "email": §}', "email"),
    "a reset": Place("anonymous", "POST /api/auth/password/reset", '{"email": §}', "email"),
    "a sign-in": Place("anonymous", "POST /api/auth/login", '{"password": "x", "email": §}', "email"),
    "a driver": Place("staff", "PATCH /api/deliveries/{delivery}", '{"driver": §}', "driver", NONE),
}


def cases(places: dict[str, Place], values: dict[str, str] | dict[str, tuple[str, int]]) -> list[object]:
    return [
        pytest.param(place, value if isinstance(value, tuple) else (value, 422), id=f"{name} in {where}")
        for where, place in places.items()
        for name, value in values.items()
        if name not in place.good
    ]


def as_json(values: list[str]) -> dict[str, str]:
    return {repr(value)[:40]: json.dumps(value) for value in values}


@pytest.mark.parametrize(
    ("place", "value"),
    [
        *cases(NUMBER_PLACES, inputs.NUMBERS),
        *cases(MONEY_PLACES, inputs.MONEY),
        *cases(TEXT_PLACES, inputs.TEXTS),
        *cases(EMAIL_PLACES, inputs.EMAILS),
        *cases({"the own phone": Place("retailer", "PATCH /api/auth/me", '{"phone": §}', "phone")}, as_json(inputs.PHONES)),
        *cases({"the own TRN": Place("retailer", "PATCH /api/company", '{"trn": §}', "trn")}, as_json(inputs.TRNS)),
        *cases(
            {"an address": Place("retailer", "POST /api/addresses", ADDRESS.replace('"Dubai"', "§") + "}", "emirate")},
            as_json(inputs.EMIRATES),
        ),
        *cases(
            {
                "a latitude": Place("retailer", "POST /api/addresses", ADDRESS + ', "latitude": §}', "latitude"),
                "a longitude": Place(
                    "retailer",
                    "POST /api/addresses",
                    ADDRESS + ', "longitude": §}',
                    "longitude",
                    frozenset({"past the pole", "past the other pole"}),
                ),
            },
            inputs.COORDINATES,
        ),
        *cases(
            {
                "a registration": Place(
                    "anonymous",
                    "POST /api/retailer/register",
                    SIGN_UP.replace('"Carton-330ml-Pepsi"', "§") + ', "email": "noor@shop.test"}',
                    "password",
                ),
            },
            as_json(inputs.PASSWORDS),
        ),
        *cases({"a barcode": Place("vendor", "PATCH /api/products/{product}", '{"barcode": §}', "barcode")}, as_json(inputs.BARCODES)),
        *cases({"a category": Place("vendor", "PATCH /api/products/{product}", '{"category": §}', "category")}, as_json(inputs.SLUGS)),
        *cases({"a status": Place("vendor", "PATCH /api/products/{product}", '{"status": §}', "status")}, as_json(inputs.CHOICES)),
        *cases(
            {"a way to pay": Place("retailer", "POST /api/orders", ORDER.replace('"card"', "§") + "}", "payment_method")},
            as_json(inputs.CHOICES),
        ),
        *cases({"a step": Place("driver", "POST /api/deliveries/{delivery}/status", '{"status": §}', "status")}, as_json(inputs.CHOICES)),
        *cases({"a language": Place("driver", "PATCH /api/auth/me", '{"language": §}', "language")}, as_json(inputs.CHOICES)),
        *cases(
            {"an order's line": Place("retailer", "POST /api/orders", ORDER.replace('"<product>"', "§") + "}", "items.0.product")},
            as_json(inputs.BODY_REFERENCES),
        ),
        *cases(
            {
                "a delivery's order": Place(
                    "staff", "POST /api/deliveries", '{"partner": "<partner>", "order": §}', "order", frozenset({"'ORD1001'"})
                ),
                "a delivery's partner": Place("staff", "POST /api/deliveries", '{"order": "<packed>", "partner": §}', "partner"),
            },
            as_json(inputs.BODY_REFERENCES),
        ),
    ],
)
def test_a_bad_value_is_refused_by_the_name_of_its_field(target: Target, place: Place, value: tuple[str, int]) -> None:
    raw, status = value
    method, path = place.call.split(" ")
    answer = send(
        target.api(place.who), method, target.path(path), target.filled(place.body).replace("§", raw).encode("utf-8", "surrogatepass")
    )
    as_refused(answer, status, *([place.field] if status == 422 else []))
    target.assert_tells_nothing(answer)
    target.assert_unchanged()


def test_there_are_as_many_inputs_as_promised() -> None:
    """Written by hand, and no two alike."""
    assert inputs.distinct() >= 800
