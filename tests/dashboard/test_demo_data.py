"""The demo's data keeps the market's own rules, so that seeding it through the application is never refused."""

import json
from collections import Counter
from dataclasses import asdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from itertools import pairwise

import phonenumbers
import pytest
from PIL import Image
from pypdf import PdfReader

from aqad.dashboard.demo import brands, cast, catalogue, emblems, goods, history, packshapes, packshot, papers

pytestmark = [pytest.mark.embedded, pytest.mark.once]

END = datetime(2026, 3, 4, 10, 20, tzinfo=history.DUBAI)
SIX_WEEKS = timedelta(days=42)


@pytest.fixture(scope="module")
def plan() -> history.Plan:
    return history.plan(24, END - SIX_WEEKS, END)


class TestCatalogue:
    def test_is_large_enough_for_the_story(self):
        parents = [category for category in catalogue.categories() if category.parent is None]
        assert len(parents) >= 12
        assert len(catalogue.brands()) >= 60
        assert len(catalogue.products()) >= 300

    def test_holds_the_storys_own_product(self):
        pepsi = catalogue.by_sku()[history.STORY_SKU]
        assert (pepsi.name, pepsi.brand, pepsi.category) == ("Pepsi 330ml", "Pepsi", "soft-drinks")
        assert (pepsi.price, pepsi.pack_size, pepsi.units_per_pack, pepsi.quantity) == (Decimal("48.00"), "24 x 330 ml", 24, 500)
        assert cast.VENDOR_BY_KEY[pepsi.vendor].company_name == "Ahmed Foods LLC"

    @pytest.mark.parametrize(
        ("digits", "check"), [("629104150021", "3"), ("400638133393", "1"), ("012345678901", "2"), ("000000000000", "0")]
    )
    def test_knows_the_check_digits_of_published_examples(self, digits, check):
        assert catalogue.check_digit(digits) == check

    def test_gives_every_product_a_barcode_whose_weighted_sum_is_a_multiple_of_ten(self):
        for product in catalogue.products():
            assert len(product.barcode) == 13
            weighted = sum(int(digit) * weight for digit, weight in zip(product.barcode, [1, 3] * 6 + [1], strict=True))
            assert weighted % 10 == 0, product

    @pytest.mark.parametrize("field", ["sku", "barcode", "name", "description"])
    def test_repeats_no_identity(self, field):
        values = Counter(getattr(product, field) for product in catalogue.products())
        assert [value for value, times in values.items() if times > 1] == []

    def test_refers_only_to_what_is_there(self):
        leaves = {category.slug for category in catalogue.categories() if category.parent}
        slugs = {category.slug for category in catalogue.categories()}
        names = {brand.name for brand in catalogue.brands()}
        assert {category.parent for category in catalogue.categories()} - {None} <= slugs
        assert {product.category for product in catalogue.products()} == leaves
        assert {product.brand for product in catalogue.products()} == names
        assert {product.vendor for product in catalogue.products()} <= set(cast.VENDOR_BY_KEY)

    def test_has_a_shape_and_an_emblem_for_every_look(self):
        for product in catalogue.products():
            assert packshot.shape_of(product) in packshapes.SHAPES
            assert product.look.emblem in emblems.PAINTERS

    def test_stays_within_what_the_api_accepts(self):
        for product in catalogue.products():
            assert Decimal(0) < product.price <= Decimal("999999.99")
            assert product.price.as_tuple().exponent == -2
            assert product.vat_rate == Decimal("5.00")
            assert len(product.name) <= 200
            assert 25 <= len(product.description) <= 400
            assert product.units_per_pack == int(product.pack_size.split(" x ")[0]) >= 1
            assert product.min_order_quantity % product.order_multiple == 0
            assert 0 <= product.quantity <= 10_000_000
            assert product.low_stock_at > 0

    def test_makes_slugs_that_follow_from_names(self):
        for thing in (*catalogue.categories(), *catalogue.brands()):
            assert thing.slug == brands.slug(thing.name)
        slugs = [thing.slug for thing in catalogue.categories()]
        assert len(set(slugs)) == len(slugs)
        assert len({brand.slug for brand in catalogue.brands()}) == len(catalogue.brands())

    def test_shows_something_short_and_something_sold_out(self):
        assert sum(product.quantity == 0 for product in catalogue.products()) in range(1, 5)
        assert sum(0 < product.quantity <= product.low_stock_at for product in catalogue.products()) >= 2


class TestCast:
    def test_fills_every_part_of_the_story(self):
        states = Counter(vendor.status for vendor in cast.VENDORS)
        assert states["active"] >= 6
        assert states["pending"] in (1, 2)
        assert (states["rejected"], states["suspended"]) == (1, 1)
        assert all(bool(vendor.reason) == (vendor.status in ("rejected", "suspended")) for vendor in cast.VENDORS)
        assert len(cast.RETAILERS) >= 8
        assert len(cast.PARTNERS) == 3
        first = (cast.VENDORS[0], cast.RETAILERS[0])
        assert [(company.company_name, company.contact, company.email) for company in first] == [
            ("Ahmed Foods LLC", "Ahmed Ali", "ahmed@ahmedfoods.test"),
            ("Fresh Mart Supermarket", "Fatima Noor", "fatima@freshmart.test"),
        ]
        assert cast.PARTNERS[0].company_name == "FastTrack Logistics"
        assert "omar@fasttrack.test" in [driver.email for driver in cast.PARTNERS[0].drivers]
        assert cast.STAFF[0].email == "staff@aqad.test"

    def test_gives_nobody_a_mailbox_that_exists_or_that_two_share(self):
        assert all(email.endswith(".test") for email in cast.emails())
        assert len(set(cast.emails())) == len(cast.emails())

    def test_has_telephones_that_validate(self):
        for number in cast.phones():
            parsed = phonenumbers.parse(number)
            assert phonenumbers.is_valid_number(parsed), number
            assert phonenumbers.region_code_for_number(parsed) == "AE"
            assert phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164) == number
        assert len(set(cast.phones())) == len(cast.phones())

    def test_has_tax_numbers_of_fifteen_digits(self):
        numbers = [company.trn for company in (*cast.VENDORS, *cast.RETAILERS)]
        assert all(len(trn) == 15 and trn.isdecimal() and trn.startswith("100") for trn in numbers)
        assert len(set(numbers)) == len(numbers)
        assert len({vendor.licence_number for vendor in cast.VENDORS}) == len(cast.VENDORS)

    def test_lives_in_the_emirates(self):
        places = [vendor.pickup for vendor in cast.VENDORS] + [place for shop in cast.RETAILERS for place in shop.addresses]
        for place in places:
            assert place.emirate in cast.EMIRATES
            assert Decimal("22.6") < place.latitude < Decimal("26.1")
            assert Decimal("51.5") < place.longitude < Decimal("56.5")
        assert {place.emirate for shop in cast.RETAILERS for place in shop.addresses} == set(cast.EMIRATES)
        assert {emirate for partner in cast.PARTNERS for emirate in partner.emirates} == set(cast.EMIRATES)
        assert {emirate for vendor in cast.VENDORS for emirate in vendor.delivers_to} <= set(cast.EMIRATES)

    def test_names_its_addresses_apart(self):
        for shop in cast.RETAILERS:
            assert len({place.label for place in shop.addresses}) == len(shop.addresses)

    def test_favours_vendors_that_are_there(self):
        assert {key for shop in cast.RETAILERS for key in shop.favours} <= set(cast.VENDOR_BY_KEY)

    def test_has_a_partner_with_a_dispatcher_and_drivers(self):
        for partner in cast.PARTNERS:
            assert Counter(person.role for person in partner.people)["dispatcher"] == 1
            assert partner.drivers


class TestPackShots:
    def test_draws_every_product(self):
        for product in catalogue.products():
            content = packshot.draw(product).content
            with Image.open(BytesIO(content)) as picture:
                assert picture.format == "WEBP"
                assert picture.size == (packshot.SIZE, packshot.SIZE)
                colours = picture.convert("RGB").resize((100, 100)).getcolors(10_000)
            assert colours is None or len(colours) > 400, product.name
            assert len(content) < 100_000

    def test_draws_different_products_differently_and_the_same_product_alike(self):
        first, second = catalogue.products()[:2]
        assert packshot.draw(first) == packshot.draw(first)
        assert packshot.draw(first) != packshot.draw(second)

    def test_says_on_the_label_what_the_brand_does_not(self):
        said = {product.name: packshot.own_words(product) for product in catalogue.products()}
        assert said["Lay's French Cheese 160g"] == ("French Cheese", "160 g")
        assert said["Pepsi 330ml"] == ("", "330 ml")
        assert said["Pampers Baby Dry Size 4 64s"] == ("Baby Dry Size 4", "64 pcs")


class TestPapers:
    def test_are_pages_that_can_be_read_and_say_what_they_are(self):
        vendor = cast.VENDORS[0]
        licence, certificate = papers.papers_of(vendor, date(2026, 3, 4))
        assert (licence.kind, certificate.kind) == ("trade_license", "vat_certificate")
        for paper, number in ((licence, vendor.licence_number), (certificate, vendor.trn)):
            reader = PdfReader(BytesIO(paper.content), strict=True)
            assert len(reader.pages) == 1
            text = reader.pages[0].extract_text()
            assert papers.SPECIMEN in text
            assert vendor.company_name in text
            assert number in text
            assert len(paper.content) < 30_000
        assert "04/10/2026" in PdfReader(BytesIO(licence.content)).pages[0].extract_text()

    def test_show_why_the_rejected_vendor_was_rejected(self):
        rejected = next(vendor for vendor in cast.VENDORS if vendor.status == "rejected")
        licence, _ = papers.papers_of(rejected, date(2026, 3, 4))
        assert licence.expires_on
        assert licence.expires_on < date(2026, 3, 4)

    def test_survive_brackets_and_letters_beyond_ascii(self):
        content = papers.vat_certificate(company="Café (Al Noor) \\ Sons", trn="100000000000003", address="x", registered=date(2024, 1, 1))
        assert "Café (Al Noor) \\ Sons" in PdfReader(BytesIO(content), strict=True).pages[0].extract_text()


class TestListing:
    def test_lists_everything_once(self, plan):
        listed = Counter(product.sku for batch in goods.batches(plan) for product in batch.products)
        assert listed == Counter(list(catalogue.by_sku()))

    def test_lists_by_the_vendor_before_anybody_asks_for_it_and_while_the_vendor_may(self, plan):
        asked = {sku: event.at for event in reversed(plan.timeline) if event.order for sku, _ in event.order.lines}
        asked |= {change.sku: min(change.at, asked.get(change.sku, change.at)) for change in reversed(plan.stock_changes)}
        for batch in goods.batches(plan):
            assert {product.vendor for product in batch.products} == {batch.vendor.key}
            assert all(batch.at < asked.get(product.sku, plan.end) for product in batch.products)
            assert batch.at > plan.end - timedelta(days=batch.vendor.joined_days_ago - 2)
            assert batch.vendor.status == "active" or batch.at < plan.end - timedelta(days=batch.vendor.status_days_ago)

    def test_lets_the_shelves_grow(self, plan):
        days = Counter((batch.at - plan.start) // timedelta(days=1) for batch in goods.batches(plan) for _ in batch.products)
        assert set(days) == {-1, 6, 13, 20, 27, 34}
        assert min(days.values()) > 20

    def test_begins_with_the_storys_own_product(self, plan):
        first = goods.batches(plan)[0]
        assert (first.vendor.company_name, first.products[0].sku) == ("Ahmed Foods LLC", history.STORY_SKU)


class TestHistory:
    def test_is_the_same_every_time(self, plan):
        again = history.plan(24, END - SIX_WEEKS, END)
        assert again == plan
        assert again.timeline == plan.timeline
        assert history.plan(25, END - SIX_WEEKS, END) != plan

    @pytest.mark.parametrize("seed", range(4))
    @pytest.mark.parametrize("hour", [0, 5, 13, 22])
    def test_keeps_every_rule_at_any_hour(self, seed, hour):
        end = END.replace(hour=hour) + timedelta(days=hour)
        keep_rules(history.plan(seed, end - SIX_WEEKS, end))

    def test_has_the_size_and_the_rhythm_of_a_growing_market(self, plan):
        assert 90 <= len(plan.orders) <= 130
        weeks = Counter((order.at - plan.start).days // 7 for order in plan.orders)
        assert weeks[0] < weeks[3] < weeks[5]
        days = Counter(order.at.weekday() for order in plan.orders)
        assert days[4] == min(days[day] for day in range(7))
        assert sum(days[day] for day in range(4)) > len(plan.orders) / 2

    def test_shows_every_outcome_and_both_ways_to_pay(self, plan):
        outcomes = Counter(order.outcome for order in plan.orders)
        for outcome, wanted in {**history.OPEN, **history.ENDED_BADLY, "completed": 55}.items():
            assert outcomes[outcome] >= wanted, outcome
        assert min(Counter(order.method for order in plan.orders).values()) > 20
        assert {order.token for order in plan.orders} == {"", *history.GATEWAY_TOKENS.values()}

    def test_reaches_everyone(self, plan):
        trading = {vendor.key for vendor in cast.VENDORS if vendor.status == "active"}
        assert trading <= {order.vendor for order in plan.orders}
        assert {order.retailer for order in plan.orders} == {shop.key for shop in cast.RETAILERS}
        assert {order.partner for order in plan.orders} - {""} == {partner.key for partner in cast.PARTNERS}

    def test_has_carts_over_two_vendors(self, plan):
        baskets = {order.basket for order in plan.orders} - {0}
        assert len(baskets) >= 5
        for basket in baskets:
            halves = [order for order in plan.orders if order.basket == basket]
            assert len({half.vendor for half in halves}) == len(halves) == 2
            assert len({(half.retailer, half.address, half.at, half.method, half.token) for half in halves}) == 1
            assert len({step.at for half in halves for step in half.steps if step.verb == "paid"}) <= 1

    def test_gives_back_part_of_the_money_and_says_why(self, plan):
        for order in plan.orders:
            refunds = [step for step in order.steps if step.verb == "refunded"]
            assert bool(refunds) == (order.outcome == "partially_refunded")
            for refund in refunds:
                assert refund.amount is not None
                assert Decimal(0) < refund.amount < order.subtotal
                assert refund.text
                assert order.method == "card"

    def test_can_be_written_down(self, plan):
        assert json.dumps([asdict(order) for order in plan.orders], default=str)

    def test_refuses_a_time_too_short_for_its_stories(self):
        with pytest.raises(ValueError, match="ten days"):
            history.plan(1, END - timedelta(days=3), END)


def keep_rules(plan: history.Plan) -> None:
    for order in plan.orders:
        keep_order_rules(order, plan)
    keep_time(plan)
    keep_stock(plan)


def keep_order_rules(order: history.DemoOrder, plan: history.Plan) -> None:
    vendor, shop = cast.VENDOR_BY_KEY[order.vendor], cast.RETAILER_BY_KEY[order.retailer]
    place = next(place for place in shop.addresses if place.label == order.address)
    assert not vendor.delivers_to or place.emirate in vendor.delivers_to
    assert vendor.status in ("active", "suspended")
    if vendor.status == "suspended":
        assert order.steps[-1].at < plan.end - timedelta(days=vendor.status_days_ago)
    assert order.subtotal >= vendor.minimum_order_value
    assert 1 <= len({sku for sku, _ in order.lines}) == len(order.lines)
    for sku, quantity in order.lines:
        product = catalogue.by_sku()[sku]
        assert product.vendor == order.vendor
        assert quantity >= product.min_order_quantity
        assert quantity % product.order_multiple == 0
    if order.partner:
        partner = cast.PARTNER_BY_KEY[order.partner]
        assert place.emirate in partner.emirates
        assert order.driver in [driver.email for driver in partner.drivers]
    verbs = [step.verb for step in order.steps]
    assert bool(order.partner) == ("assigned" in verbs)
    assert ("paid" in verbs or "declined" in verbs) == bool(order.token)
    assert order.outcome == state_after(order)
    assert bool(order.reason) == (order.outcome in history.ENDED_BADLY)
    assert all(step.text for step in order.steps if step.verb in {*history.REASONED, "attempt_failed", "delivered"})


FOLLOWERS = {
    "placed": {"paid", "declined", "accepted", "cancelled", "rejected"},
    "paid": {"accepted", "cancelled", "rejected"},
    "accepted": {"ready"},
    "ready": {"assigned"},
    "assigned": {"picked_up"},
    "picked_up": {"out_for_delivery"},
    "out_for_delivery": {"delivered", "attempt_failed"},
    "attempt_failed": {"out_for_delivery", "returned"},
    "delivered": {"refunded"},
}

STATES = {
    "declined": "failed",
    "assigned": "ready",
    "attempt_failed": "out_for_delivery",
    "delivered": "completed",
    "accepted": "processing",
}


def state_after(order: history.DemoOrder) -> str:
    """Where the steps lead, by the market's own table of what may follow what."""
    for first, second in pairwise(order.steps):
        assert first.at < second.at
        assert second.verb in FOLLOWERS[first.verb]
    last = order.steps[-1].verb
    if last == "refunded":
        return "partially_refunded"
    if last in ("placed", "paid"):
        return "pending" if last == "paid" or order.method == "cash_on_delivery" else "pending_payment"
    return STATES.get(last, last)


def keep_time(plan: history.Plan) -> None:
    assert [order.number for order in plan.orders] == list(range(1, len(plan.orders) + 1))
    assert all(first.at <= second.at for first, second in pairwise(plan.orders))
    assert all(first.at <= second.at for first, second in pairwise(plan.timeline))
    assert all(plan.start <= event.at <= plan.end for event in plan.timeline)
    for order in plan.orders:
        assert order.at == order.steps[0].at
        if order.outcome == "pending_payment":  # else it would have run out of its thirty minutes
            assert plan.end - order.at < timedelta(minutes=20)
        if order.outcome == "pending":  # and these out of their vendor's forty-eight hours
            assert plan.end - order.at < timedelta(hours=36)


def keep_stock(plan: history.Plan) -> None:
    """Plays the plan against the shelves: nothing is ever sold that is not there, and the story's product ends as it began."""
    on_hand = {product.sku: product.quantity for product in catalogue.products()}
    reserved: Counter[str] = Counter()
    for event in plan.timeline:
        if event.stock:
            on_hand[event.stock.sku] += event.stock.change
            assert on_hand[event.stock.sku] >= reserved[event.stock.sku]
            assert event.stock.reason
            continue
        assert event.order
        assert event.step
        for sku, quantity in event.order.lines:
            if event.step.verb == "placed":
                reserved[sku] += quantity
                assert reserved[sku] <= on_hand[sku], event
            elif event.step.verb in ("declined", "cancelled", "rejected"):
                reserved[sku] -= quantity
            elif event.step.verb == "picked_up":
                reserved[sku] -= quantity
                on_hand[sku] -= quantity
            elif event.step.verb == "returned":
                on_hand[sku] += quantity
    assert (on_hand[history.STORY_SKU], reserved[history.STORY_SKU]) == (500, 0)
    for product in catalogue.products():  # nobody's best sellers have run dry while nobody was looking
        if product.quantity > product.low_stock_at:
            assert on_hand[product.sku] - reserved[product.sku] > 0
