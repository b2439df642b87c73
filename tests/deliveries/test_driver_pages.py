"""A driver's day on the phone: the round, the next step by one tap, the hand-over, and what others see of it."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from aqad.audit.models import Event
from aqad.core import clock, limits
from deliveries.models import Delivery, DeliveryStep
from orders.models import Order
from payments.models import CashCollection
from tests.cast import Person
from tests.factories.trade import DeliveryFactory, OrderFactory

pytestmark = [pytest.mark.embedded, pytest.mark.django_db]
ROUND = "/deliveries"
Photo = Callable[[], SimpleUploadedFile]


def browser(person: Person) -> Client:
    client = Client()
    client.force_login(person.user)
    return client


def report(person: Person, delivery: Delivery, status: str, *, key: str = "", client: Client | None = None, **words: Any) -> Any:
    body = {"status": status, "idempotency_key": key, **words}
    return (client or browser(person)).post(f"/deliveries/{delivery.reference}", body)


def on_the_road(delivery: Delivery, status: str = "out_for_delivery") -> Delivery:
    Delivery.objects.filter(pk=delivery.pk).update(status=status)
    Order.objects.filter(pk=delivery.order_id).update(status="picked_up" if status == "picked_up" else "out_for_delivery")
    return delivery


def seen(answer: Any) -> str:
    """The page's words, spaces made plain."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode().replace("&nbsp;", " ")))


@pytest.fixture
def out(cash_delivery: Delivery) -> Delivery:
    """On its way, to be paid at the door."""
    return on_the_road(cash_delivery)


class TestRound:
    def test_shows_where_from_where_to_what_and_the_cash(self, driver: Person, out: Delivery) -> None:
        page = seen(browser(driver).get(ROUND))
        for words in (
            "Your round: 1 delivery",
            "Fresh Mart Supermarket",
            "Ahmed Foods LLC",
            "Al Wasl Road 12",
            "100 cartons",
            "AED 5,040.00",
        ):
            assert words in page

    def test_links_to_the_map_and_the_phone_of_where_one_goes_next(self, driver: Person, delivery: Delivery, out: Delivery) -> None:
        html = browser(driver).get(ROUND).content.decode()
        to_fetch, to_bring = (
            {"api": ["1"], "query": [words]}
            for words in (_pickup_address(delivery), f"{out.order.address['latitude']},{out.order.address['longitude']}")
        )
        links = [parse_qs(urlsplit(link.replace("&amp;", "&")).query) for link in re.findall(r'href="(https://[^"]+)"', html)]
        assert sorted(links, key=str) == sorted([to_fetch, to_bring], key=str)
        assert 'href="tel:+97142998877"' in html

    def test_comes_in_the_order_of_work(self, driver: Person, vendor: Person, retailer: Person) -> None:
        made = {}
        for status, order_status in [
            ("assigned", "processing"),
            ("assigned", "ready"),
            ("attempt_failed", "out_for_delivery"),
            ("picked_up", "picked_up"),
            ("out_for_delivery", "out_for_delivery"),
        ]:
            order = OrderFactory(vendor=vendor.of, retailer=retailer.of, status=order_status)
            made[status, order_status] = DeliveryFactory(order=order, partner=driver.of, driver=driver.user, status=status).reference
        html = browser(driver).get(ROUND).content.decode()
        assert re.findall(r'<h2 id="(DEL\d+)"', html) == list(reversed(made.values()))
        assert "The vendor is still packing." in seen(browser(driver).get(ROUND))

    def test_keeps_what_was_finished_today_below_and_nothing_older(self, driver: Person, delivery: Delivery, out: Delivery) -> None:
        Delivery.objects.filter(pk=delivery.pk).update(status="delivered", updated_at=clock.now())
        Delivery.objects.filter(pk=out.pk).update(status="returned", updated_at=clock.now() - timedelta(days=1))
        page = seen(browser(driver).get(ROUND))
        assert "Nothing to deliver now" in page
        assert "1 done today" in page

    def test_says_when_it_has_changed(self, driver: Person, delivery: Delivery) -> None:
        client = browser(driver)
        mark = re.search(r"/deliveries/round\?seen=(\w+)", client.get(ROUND).content.decode())
        assert mark is not None
        news = f"/deliveries/round?seen={mark[1]}"
        quiet = client.get(news)
        assert seen(quiet).strip() == ""
        assert client.get(news, headers={"If-None-Match": quiet.headers["ETag"]}).status_code == 304
        on_the_road(delivery, "picked_up")
        assert "Your round has changed." in seen(client.get(news))

    def test_asks_the_database_as_often_for_many_as_for_few(self, driver: Person, vendor: Person, retailer: Person) -> None:
        counts = []
        visitor = browser(driver)  # signing in is counted elsewhere
        for more in (3, 17):
            for _ in range(more):
                order = OrderFactory(vendor=vendor.of, retailer=retailer.of)
                DeliveryFactory(order=order, partner=driver.of, driver=driver.user)
            with CaptureQueriesContext(connection) as queries:
                assert visitor.get(ROUND).status_code == 200
            counts.append(len(queries))
        assert counts[0] == counts[1]


class TestNextStep:
    def test_is_one_tap_and_leads_back_to_the_round(self, driver: Person, delivery: Delivery) -> None:
        client = browser(driver)
        assert "Picked up" in seen(client.get(ROUND))
        answer = report(driver, delivery, "picked_up", next=ROUND, client=client)
        assert (answer.status_code, answer.headers["Location"]) == (302, ROUND)
        page = seen(client.get(ROUND))
        assert f"{delivery.reference}: Picked up." in page
        assert "Set out" in page
        delivery.refresh_from_db()
        assert (delivery.status, delivery.order.status) == ("picked_up", "picked_up")
        assert Event.objects.filter(verb="deliveries.picked_up", via="web", actor_user_id=driver.user.pk).count() == 1

    def test_tapped_twice_counts_once_and_gives_the_same_answer(self, driver: Person, delivery: Delivery) -> None:
        first, second = (report(driver, delivery, "picked_up", key="tap-1") for _ in range(2))
        assert first.status_code == second.status_code == 302
        assert first.headers["Location"] == second.headers["Location"] == f"/deliveries/{delivery.reference}"
        assert DeliveryStep.objects.filter(delivery=delivery, status="picked_up").count() == 1
        assert Event.objects.filter(verb="deliveries.picked_up").count() == 1

    def test_tells_a_sender_that_tries_again_which_report_was_taken_and_where_to_go(self, driver: Person, delivery: Delivery) -> None:
        for _ in range(2):
            answer = browser(driver).post(
                f"/deliveries/{delivery.reference}", {"status": "picked_up", "idempotency_key": "tap-1"}, headers={"HX-Request": "true"}
            )
            assert answer.status_code == 204
            assert (answer.headers["Idempotency-Key"], answer.headers["HX-Redirect"]) == ("tap-1", f"/deliveries/{delivery.reference}")

    def test_a_sender_whose_session_has_ended_is_never_told_that_it_was_taken(self, delivery: Delivery) -> None:
        answer = Client().post(
            f"/deliveries/{delivery.reference}", {"status": "picked_up", "idempotency_key": "tap-1"}, headers={"HX-Request": "true"}
        )
        assert answer.headers["HX-Redirect"].startswith("/sign-in")
        assert "Idempotency-Key" not in answer.headers
        assert Delivery.objects.get().status == "assigned"

    def test_is_refused_with_the_state_as_it_is_when_it_is_not_possible(self, driver: Person, delivery: Delivery) -> None:
        answer = report(driver, delivery, "delivered", key="tap-1", recipient_name="Fatima Noor")
        assert answer.status_code == 409
        assert "Idempotency-Key" not in answer.headers
        assert "This step is not possible any more." in seen(answer)
        assert Delivery.objects.get().status == "assigned"

    def test_is_not_offered_while_the_vendor_packs(self, driver: Person, delivery: Delivery) -> None:
        Order.objects.filter(pk=delivery.order_id).update(status="processing")
        html = browser(driver).get(f"/deliveries/{delivery.reference}").content.decode()
        assert 'name="status"' not in html
        assert "The vendor is still packing." in html


class TestHandingOver:
    def test_takes_name_cash_photo_and_note(self, driver: Person, out: Delivery, photo: Photo) -> None:
        words = {"recipient_name": "Fatima Noor", "cash_collected": "5040.00", "note": "Left at the back door.", "proof": photo()}
        assert report(driver, out, "delivered", key="door-1", **words).status_code == 302
        out.refresh_from_db()
        assert (out.status, out.recipient_name, out.order.status) == ("delivered", "Fatima Noor", "completed")
        assert (str(out.cash_collected), CashCollection.objects.count()) == ("5040.00", 1)
        page = seen(browser(driver).get(f"/deliveries/{out.reference}"))
        for shown in ("Fatima Noor", "AED 5,040.00", "Left at the back door.", "Photo at the door"):
            assert shown in page

    def test_sent_twice_with_its_photo_collects_the_cash_once(self, driver: Person, out: Delivery, photo: Photo) -> None:
        for _ in range(2):
            words = {"recipient_name": "Fatima Noor", "cash_collected": "5040.00", "proof": photo()}
            assert report(driver, out, "delivered", key="door-1", **words).status_code == 302
        assert CashCollection.objects.count() == 1
        assert DeliveryStep.objects.filter(delivery=out, status="delivered").count() == 1

    def test_takes_a_large_photo_as_a_camera_makes_it(self, driver: Person, delivery: Delivery) -> None:
        large = io.BytesIO()
        Image.effect_noise((1800, 1600), 90).convert("RGB").save(large, "JPEG", quality=95)
        assert 2_700_000 < large.tell() < 5_000_000  # Django keeps files above 2.5 MB on disk, not in memory
        camera = SimpleUploadedFile("door.jpg", large.getvalue(), content_type="image/jpeg")
        assert report(driver, on_the_road(delivery), "delivered", recipient_name="Fatima Noor", proof=camera).status_code == 302
        assert Delivery.objects.get().proof

    def test_never_suggests_that_the_cash_was_taken(self, driver: Person, out: Delivery) -> None:
        html = browser(driver).get(f"/deliveries/{out.reference}").content.decode()
        box = re.search(r'<input id="cash_collected"[^>]*>', html)
        assert box is not None
        assert "required" in box[0]
        assert "checked" not in box[0]

    @pytest.mark.parametrize("cash", ["", "5000.00"])
    def test_with_another_cash_is_refused_and_keeps_what_was_typed(self, cash: str, driver: Person, out: Delivery) -> None:
        answer = report(driver, out, "delivered", recipient_name="Fatima Noor", cash_collected=cash, note="Left at the back door.")
        assert answer.status_code == 422
        html = answer.content.decode()
        assert "Collect exactly 5040.00 AED in cash." in html
        assert 'value="Fatima Noor"' in html
        assert "Left at the back door." in html
        assert Delivery.objects.get().status == "out_for_delivery"
        assert not CashCollection.objects.exists()

    def test_asks_no_cash_for_what_was_paid_by_card(self, driver: Person, delivery: Delivery) -> None:
        assert "cash_collected" not in browser(driver).get(f"/deliveries/{on_the_road(delivery).reference}").content.decode()
        assert report(driver, delivery, "delivered", recipient_name="Fatima Noor").status_code == 302
        assert not CashCollection.objects.exists()

    def test_after_too_many_photos_can_be_sent_without_one(self, driver: Person, out: Delivery, photo: Photo) -> None:
        for _ in range(limits.UPLOADS.calls):
            limits.hit(limits.UPLOADS, f"company:{driver.company.pk}")
        words = {"recipient_name": "Fatima Noor", "cash_collected": "5040.00"}
        answer = report(driver, out, "delivered", proof=photo(), **words)
        assert (answer.status_code, int(answer.headers["Retry-After"]) > 0) == (429, True)
        assert 'value="Fatima Noor"' in answer.content.decode()
        assert report(driver, out, "delivered", **words).status_code == 302


class TestOtherWays:
    @pytest.mark.parametrize("note", ["The shop is closed.", "The road is flooded."])
    def test_a_failed_attempt_tells_why_and_can_be_tried_again(self, note: str, driver: Person, out: Delivery) -> None:
        assert report(driver, out, "attempt_failed", note=note).status_code == 302
        page = seen(browser(driver).get(f"/deliveries/{out.reference}"))
        assert note in page
        assert "Try again" in page

    def test_a_failed_attempt_without_a_reason_is_refused(self, driver: Person, out: Delivery) -> None:
        answer = report(driver, out, "attempt_failed", note="")
        assert answer.status_code == 422
        assert "Say in a note why the delivery failed." in seen(answer)

    def test_goods_go_back_to_the_vendor(self, driver: Person, out: Delivery) -> None:
        assert report(driver, out, "returned", note="The cash is not ready.").status_code == 302
        out.refresh_from_db()
        assert (out.status, out.order.status) == ("returned", "returned")


class TestWhoSees:
    @pytest.mark.parametrize("who", ["colleague", "rival_dispatcher", "rival_vendor", "rival_retailer"])
    def test_what_is_not_ones_own_is_not_there(self, who: str, request: pytest.FixtureRequest, out: Delivery) -> None:
        client = browser(request.getfixturevalue(who))
        for path in ("", "/progress", "/proof"):
            assert client.get(f"/deliveries/{out.reference}{path}").status_code == 404
        assert out.reference not in client.get("/deliveries").content.decode()

    def test_a_colleague_cannot_report_it(self, colleague: Person, out: Delivery) -> None:
        words = {"recipient_name": "Fatima Noor", "cash_collected": "5040.00"}
        assert report(colleague, out, "delivered", **words).status_code == 404
        assert Delivery.objects.get().status == "out_for_delivery"

    @pytest.mark.parametrize("who", ["vendor", "retailer", "staff"])
    def test_those_who_watch_see_it_move_and_have_no_form(
        self, who: str, request: pytest.FixtureRequest, driver: Person, out: Delivery
    ) -> None:
        client = browser(request.getfixturevalue(who))
        html = client.get(f"/deliveries/{out.reference}").content.decode()
        assert 'name="status"' not in html
        live = f"/deliveries/{out.reference}/progress"
        assert f'data-live="{live}"' in html
        first = client.get(live)
        assert client.get(live, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
        report(driver, out, "attempt_failed", note="The shop is closed.")
        moved = client.get(live, headers={"If-None-Match": first.headers["ETag"]})
        assert moved.status_code == 200
        assert "The shop is closed." in seen(moved)

    @pytest.mark.parametrize("who", ["vendor", "retailer", "staff"])
    def test_they_cannot_report(self, who: str, request: pytest.FixtureRequest, delivery: Delivery) -> None:
        assert report(request.getfixturevalue(who), delivery, "picked_up").status_code == 403
        assert Delivery.objects.get().status == "assigned"

    def test_phones_are_kept_back_as_in_the_api(self, retailer: Person, vendor: Person, delivery: Delivery) -> None:
        Order.objects.filter(pk=delivery.order_id).update(status="processing")
        path = f"/deliveries/{delivery.reference}"
        assert f"tel:{vendor.company.phone}" not in browser(retailer).get(path).content.decode()
        assert "tel:+97142998877" not in browser(vendor).get(path).content.decode()

    @pytest.mark.parametrize("who", ["driver", "dispatcher", "vendor", "retailer", "staff"])
    def test_the_photo_is_seen_by_those_it_concerns_each_look_on_record(
        self, who: str, request: pytest.FixtureRequest, driver: Person, delivery: Delivery, photo: Photo
    ) -> None:
        report(driver, on_the_road(delivery), "delivered", recipient_name="Fatima Noor", proof=photo())
        client = browser(request.getfixturevalue(who))
        assert f'src="/deliveries/{delivery.reference}/proof"' in client.get(f"/deliveries/{delivery.reference}").content.decode()
        assert not Event.objects.filter(verb="deliveries.proof_viewed").exists()
        shown = client.get(f"/deliveries/{delivery.reference}/proof")
        assert (shown.status_code, shown.headers["Content-Type"]) == (200, "image/webp")
        assert Event.objects.get(verb="deliveries.proof_viewed").actor_user_id == request.getfixturevalue(who).user.pk


def _pickup_address(delivery: Delivery) -> str:
    vendor = delivery.order.vendor
    return ", ".join(part for part in (vendor.pickup_line1, vendor.pickup_area, vendor.pickup_emirate, "United Arab Emirates") if part)
