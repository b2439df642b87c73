"""The photo at the door: drawn anew, private, handed only to those whose delivery it is, each look on record."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from rest_framework.test import APIClient

from aqad.audit.models import Event
from aqad.core import limits
from deliveries.models import Delivery, DeliveryStep
from orders.models import Order
from tests.cast import Person

pytestmark = pytest.mark.embedded
Photo = Callable[[], SimpleUploadedFile]


@pytest.fixture
def out(delivery: Delivery) -> Delivery:
    """On its way to the door."""
    Delivery.objects.filter(pk=delivery.pk).update(status="out_for_delivery")
    Order.objects.filter(pk=delivery.order_id).update(status="out_for_delivery")
    return delivery


def deliver(person: Person, delivery: Delivery, proof: Any, **headers: str) -> Any:
    body = {"status": "delivered", "recipient_name": "Fatima Noor", "proof": proof}
    return person.api.post(f"/api/deliveries/{delivery.reference}/status", body, format="multipart", headers=headers)


def stored() -> int:
    return len(default_storage.listdir("proofs")[1]) if default_storage.exists("proofs") else 0


def test_the_photo_is_drawn_anew_and_shown_as_a_path(driver: Person, out: Delivery, photo: Photo) -> None:
    answer = deliver(driver, out, photo())
    assert answer.status_code == 200, answer.content
    path = f"/api/deliveries/{out.reference}/proof"
    assert answer.json()["proof"]["photo"] == path
    fetched = driver.api.get(path)
    content = b"".join(fetched.streaming_content)
    assert (fetched.status_code, fetched.headers["Content-Type"]) == (200, "image/webp")
    assert b"Secret camera" not in content
    with Image.open(io.BytesIO(content)) as picture:
        assert (picture.format, picture.size) == ("WEBP", (64, 48))


def test_it_is_served_as_an_attachment_that_nobody_keeps(driver: Person, out: Delivery, photo: Photo) -> None:
    deliver(driver, out, photo())
    fetched = driver.api.get(f"/api/deliveries/{out.reference}/proof", headers={"Accept": "image/*"})
    assert fetched.headers["Content-Disposition"] == f'attachment; filename="{out.reference}.webp"'
    assert fetched.headers["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in fetched.headers["Cache-Control"]
    kept = Delivery.objects.get(pk=out.pk).proof.name
    assert kept.startswith("proofs/")
    assert "door" not in kept


@pytest.mark.parametrize("who", ["driver", "dispatcher", "vendor", "retailer", "staff"])
def test_those_it_concerns_look_at_it_and_each_look_is_on_record(
    who: str, request: pytest.FixtureRequest, driver: Person, out: Delivery, photo: Photo
) -> None:
    deliver(driver, out, photo())
    person = request.getfixturevalue(who)
    assert person.api.get(f"/api/deliveries/{out.reference}/proof").status_code == 200
    event = Event.objects.get(verb="deliveries.proof_viewed")
    assert (event.subject, event.about, event.actor_user_id) == (out.reference, out.order.reference, person.user.pk)


@pytest.mark.parametrize("who", ["colleague", "rival_dispatcher", "rival_vendor", "rival_retailer"])
def test_for_all_others_it_is_not_there(
    who: str, request: pytest.FixtureRequest, driver: Person, out: Delivery, photo: Photo, stranger: APIClient
) -> None:
    deliver(driver, out, photo())
    assert request.getfixturevalue(who).api.get(f"/api/deliveries/{out.reference}/proof").status_code == 404
    assert stranger.get(f"/api/deliveries/{out.reference}/proof").status_code == 401
    assert not Event.objects.filter(verb="deliveries.proof_viewed").exists()


def test_without_a_photo_there_is_none_to_see(driver: Person, delivery: Delivery) -> None:
    answer = driver.api.get(f"/api/deliveries/{delivery.reference}/proof")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert not Event.objects.exists()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"%PDF-1.4\n%%EOF",
        b"\xff\xd8\xff" + b"no picture" * 20,
        b"GIF89a" + bytes(40),
        bytes(5 * 1024 * 1024 + 1),
    ],
)
def test_refuses_what_is_no_picture(content: bytes, driver: Person, out: Delivery) -> None:
    before, files = Delivery.objects.values().get(), stored()
    answer = deliver(driver, out, SimpleUploadedFile("door.jpg", content, content_type="image/jpeg"))
    assert answer.status_code == 422, answer.content
    assert list(answer.json()["errors"]) == ["proof"]
    assert Delivery.objects.values().get() == before
    assert stored() == files


def test_refuses_a_photo_with_any_other_step(driver: Person, delivery: Delivery, photo: Photo) -> None:
    path = f"/api/deliveries/{delivery.reference}/status"
    answer = driver.api.post(path, {"status": "picked_up", "proof": photo()}, format="multipart")
    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == ["proof"]
    assert Delivery.objects.get().status == "assigned"


def test_a_double_tap_with_key_and_photo_is_one_delivery(driver: Person, out: Delivery, photo: Photo) -> None:
    first = deliver(driver, out, photo(), **{"Idempotency-Key": "door-1"})
    kept, steps = Delivery.objects.get().proof.name, DeliveryStep.objects.count()
    again = deliver(driver, out, photo(), **{"Idempotency-Key": "door-1"})
    assert (first.status_code, again.status_code) == (200, 200), again.content
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.json() == first.json()
    assert (Delivery.objects.get().proof.name, DeliveryStep.objects.count()) == (kept, steps)
    assert default_storage.exists(kept)


def test_refuses_too_many_photos(driver: Person, out: Delivery, photo: Photo) -> None:
    for _ in range(limits.UPLOADS.calls):
        limits.hit(limits.UPLOADS, f"company:{driver.company.pk}")
    answer = deliver(driver, out, photo())
    assert (answer.status_code, answer.json()["code"]) == (429, "rate_limited")
    assert Delivery.objects.get().status == "out_for_delivery"
