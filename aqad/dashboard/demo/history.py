"""Six weeks of trade, planned before any of it is done: who ordered what from whom and when, and how each order went on.

`plan` is a pure function: the same seed and the same times give the same plan. Whoever carries it out sets the clock to each event of
`Plan.timeline` in turn and calls the application's own action for it; every order then ends in the state that its outcome names.
The plan keeps to the market's rules: smallest orders and multiples, each vendor's minimum value and emirates, and stock that suffices.
"""

import heapq
import random
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta, timezone
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property, partial
from itertools import count
from typing import Literal

from aqad.dashboard.demo.cast import PARTNERS, RETAILERS, STAFF, VENDORS, Courier, Partner, Place, Retailer, Vendor
from aqad.dashboard.demo.catalogue import VAT_RATE, DemoProduct, by_sku, products

DUBAI = timezone(timedelta(hours=4), "Asia/Dubai")  # no summer time there, so a fixed offset needs no time zone data

STORY_SKU = "AF-SFT-001"
"""Pepsi 330ml: sold like everything else, but back at its full 500 cartons, none reserved, when the plan ends."""

Method = Literal["card", "cash_on_delivery"]

Outcome = Literal[
    "completed",
    "partially_refunded",  # completed, and staff gave some of the money back
    "returned",
    "rejected",  # by the vendor
    "cancelled",  # by the retailer
    "failed",  # the card was declined
    "out_for_delivery",
    "picked_up",
    "ready",
    "processing",
    "pending",
    "pending_payment",
]

Verb = Literal[
    "placed",
    "paid",
    "declined",
    "accepted",
    "rejected",
    "cancelled",
    "ready",
    "assigned",  # by staff, to a partner and one of its drivers
    "picked_up",
    "out_for_delivery",
    "attempt_failed",
    "delivered",
    "returned",
    "refunded",  # in part, by staff
]

OPEN: dict[Outcome, int] = {"pending_payment": 2, "pending": 5, "processing": 5, "ready": 4, "picked_up": 3, "out_for_delivery": 4}
"""How many orders are at least in each open state when the plan ends."""

ENDED_BADLY: dict[Outcome, int] = {"failed": 5, "cancelled": 5, "rejected": 4, "returned": 3, "partially_refunded": 4}

GATEWAY_TOKENS = {"paid": "tok_visa", "declined": "tok_declined", "short": "tok_insufficient_funds"}


@dataclass(frozen=True)
class Step:
    verb: Verb
    at: datetime
    actor: str
    """The mail address of who does it."""
    text: str = ""
    """The reason, the driver's note, or for `delivered` the name of who received it."""
    amount: Decimal | None = None
    """AED given back, for `refunded`."""


@dataclass(frozen=True)
class DemoOrder:
    number: int
    retailer: str
    vendor: str
    address: str
    """The label of one of the retailer's addresses."""
    at: datetime
    lines: tuple[tuple[str, int], ...]
    """SKU and cartons."""
    method: Method
    outcome: Outcome
    steps: tuple[Step, ...]
    """In the order of time; the first is `placed`, none is later than the plan's end."""
    token: str = ""
    """What a card order pays with at the sandbox bank; nothing while it is still unpaid, or for cash."""
    partner: str = ""
    driver: str = ""
    """The mail address of the driver, once assigned."""
    reason: str = ""
    notes: str = ""
    basket: int = 0
    """Orders that share one, other than 0, are placed by one checkout and paid by one payment."""

    @property
    def subtotal(self) -> Decimal:
        return sum((by_sku()[sku].price * quantity for sku, quantity in self.lines), Decimal("0.00"))


@dataclass(frozen=True)
class DemoStockChange:
    at: datetime
    sku: str
    change: int
    """Cartons on hand, more or less."""
    reason: str


@dataclass(frozen=True)
class Event:
    """One thing to do: a step of an order, or a change of stock."""

    at: datetime
    order: DemoOrder | None = None
    step: Step | None = None
    stock: DemoStockChange | None = None


@dataclass(frozen=True)
class Plan:
    start: datetime
    end: datetime
    orders: tuple[DemoOrder, ...]
    """In the order in which they are placed."""
    stock_changes: tuple[DemoStockChange, ...]

    @cached_property
    def timeline(self) -> tuple[Event, ...]:
        """Everything in the order of time; at the same instant stock first, then orders by number."""
        stock = [((change.at, 0, place, 0), Event(change.at, stock=change)) for place, change in enumerate(self.stock_changes)]
        steps = [
            ((step.at, 1, order.number, place), Event(step.at, order, step))
            for order in self.orders
            for place, step in enumerate(order.steps)
        ]
        return tuple(event for _, event in sorted([*stock, *steps], key=lambda pair: pair[0]))


def plan(seed: int, start: datetime, end: datetime, *, orders: int = 72) -> Plan:
    """About `orders` orders between two moments, and on top of them what is needed for every open state to be seen at the end.

    Both times carry an offset. Less than ten days between them leave no room for the stories that take longest.
    """
    if end - start < timedelta(days=10):
        raise ValueError("the plan needs ten days or more")
    return Planner(seed, start.astimezone(DUBAI), end.astimezone(DUBAI)).plan(orders)


# the plan


@dataclass
class Draft:
    """An order before anything is put into it."""

    at: datetime
    retailer: Retailer
    place: Place
    vendor: Vendor
    method: Method
    outcome: Outcome
    steps: list[Step] = field(default_factory=list)
    second_attempt: bool = False
    basket: int = 0
    partner: Partner | None = None
    driver: Courier | None = None


class Planner:
    def __init__(self, seed: int, start: datetime, end: datetime) -> None:
        self.seed, self.start, self.end = seed, start, end
        self.random = random.Random(seed)  # noqa: S311, a demo wants the same numbers every time
        self.stock = Stock(end)
        self.unsaid: dict[tuple[str, ...], list[str]] = {}

    def plan(self, orders: int) -> Plan:
        drafts = [self.draft(at, of_the_story=number % 2 == 0) for number, at in enumerate(self.moments(orders))]
        self.spread_bad_endings(drafts)
        drafts += self.twins(drafts)
        for draft in drafts:
            self.live(draft)
        drafts += self.still_open(drafts)
        drafts.sort(key=lambda draft: (draft.at, draft.basket, draft.vendor.key, draft.retailer.key))
        made = [self.filled(number, draft) for number, draft in enumerate(drafts, 1)]
        return Plan(self.start, self.end, tuple(made), self.stock.closed())

    def moments(self, orders: int) -> list[datetime]:
        """When orders come in: more each week, busy from Monday to Thursday, quiet on Friday, most before noon and after five."""
        days = [self.start.date() + timedelta(days=n) for n in range((self.end.date() - self.start.date()).days + 1)]
        weights = [WEEKDAYS[day.weekday()] * (0.7 + 0.14 * (place // 7)) if self.hours(day) else 0.0 for place, day in enumerate(days)]
        weights[-3:] = [weight * 0.35 for weight in weights[-3:]]  # the orders that are still open are added to these days
        found: list[datetime] = []
        due = 0.0
        for day, weight in zip(days, weights, strict=True):
            due += orders * weight / sum(weights)
            open_hours = self.hours(day)
            while open_hours and len(found) < round(due):
                hour = self.random.choices(*open_hours)[0]
                found.append(datetime.combine(day, time(hour, self.random.randrange(60), self.random.randrange(60)), DUBAI))
        return sorted(found)

    def hours(self, day: date) -> tuple[list[int], list[int]] | None:
        """The hours of a day in which orders come in, as far as they lie within the plan, and how busy each is."""
        at = datetime.combine(day, time(), DUBAI)
        first, last = self.start - at, self.end - at
        found = {hour: weight for hour, weight in BUSY.items() if first <= timedelta(hours=hour) and timedelta(hours=hour + 2) <= last}
        return (list(found), list(found.values())) if found else None

    def draft(self, at: datetime, *, method: Method | None = None, outcome: Outcome = "completed", of_the_story: bool = False) -> Draft:
        """`of_the_story`: from the story's own vendor, if it delivers there, else from another one, so that no week of its is a flood."""
        retailer = self.random.choices(RETAILERS, [shop.size for shop in RETAILERS])[0]
        place = retailer.addresses[0] if self.random.random() < 0.7 else self.random.choice(retailer.addresses)
        story = VENDORS[0]
        is_its = of_the_story and sells_to(story, place.emirate, at, self.end)
        vendor = story if is_its else self.vendor_for(retailer, place, at, besides=story.key)
        cash: Method = "cash_on_delivery" if self.random.random() < retailer.pays_cash else "card"
        return Draft(at, retailer, place, vendor, method or cash, outcome)

    def vendor_for(self, retailer: Retailer, place: Place, at: datetime, *, besides: str = "") -> Vendor:
        able = [vendor for vendor in VENDORS if vendor.key != besides and sells_to(vendor, place.emirate, at, self.end)]
        fondness = {key: 5.0 - 1.1 * rank for rank, key in enumerate(retailer.favours)}
        return self.random.choices(able, [fondness.get(vendor.key, 0.5) * liveliness(vendor) for vendor in able])[0]

    def spread_bad_endings(self, drafts: Sequence[Draft]) -> None:
        """Gives some of the orders, none of them recent, an end other than delivery at the first try."""
        old = [draft for draft in drafts if draft.at < self.end - timedelta(days=5)]
        chosen = iter(self.random.sample(old, len(old)))
        for outcome, wanted in ENDED_BADLY.items():
            for _ in range(wanted):
                draft = next(chosen)
                draft.outcome = outcome
                if outcome in ("failed", "partially_refunded"):
                    draft.method = "card"
        for _ in range(5):
            next(chosen).second_attempt = True

    def twins(self, drafts: Sequence[Draft]) -> list[Draft]:
        """A second vendor's half for some orders: carts that were checked out over two vendors at once."""
        old = [draft for draft in drafts if draft.outcome == "completed" and draft.at < self.end - timedelta(days=4)]
        made = []
        for basket, draft in enumerate(self.random.sample(old, 9), 1):
            draft.basket = basket
            vendor = self.vendor_for(draft.retailer, draft.place, draft.at, besides=draft.vendor.key)
            made.append(Draft(draft.at, draft.retailer, draft.place, vendor, draft.method, "completed", basket=basket))
        return made

    def still_open(self, drafts: Sequence[Draft]) -> list[Draft]:
        """What is missing for each open state to be seen at the end; the story's own people have one of each, its vendor two to pack."""
        made = []
        for outcome, wanted in OPEN.items():
            there = sum(draft.outcome == outcome for draft in drafts)
            for number in range(max(1, wanted - there)):
                draft = self.draft(self.end, method="card" if outcome == "pending_payment" else None, outcome=outcome)
                if number == 0:
                    draft.retailer, draft.vendor = RETAILERS[0], VENDORS[0]
                    draft.place = draft.retailer.addresses[0]
                    draft.partner, draft.driver = PARTNERS[0], PARTNERS[0].drivers[0]
                elif number == 1 and outcome in ("pending", "processing") and sells_to(VENDORS[0], draft.place.emirate, self.end, self.end):
                    draft.vendor = VENDORS[0]
                self.live_backwards(draft)
                made.append(draft)
        return made

    # an order's life

    def live(self, draft: Draft) -> None:
        """Plays the order from its placing to its outcome; where the plan's end cuts it off, the outcome is how far it came."""
        for step in self.steps(draft):
            if step.at > self.end:
                draft.outcome = REACHED[draft.steps[-1].verb] if draft.method == "card" or len(draft.steps) > 1 else "pending"
                break
            draft.steps.append(step)

    def steps(self, draft: Draft) -> Iterator[Step]:
        shop, seller, staff = draft.retailer.email, draft.vendor.email, STAFF[0].email
        at = draft.at
        yield Step("placed", at, shop)
        if draft.method == "card":
            # halves of one basket are paid together, so the time hangs on the basket's own moment
            at += timedelta(seconds=40 + zlib.crc32(at.isoformat().encode()) % 200)
            if draft.outcome == "failed":
                yield Step("declined", at, shop, self.say(DECLINED))
                return
            yield Step("paid", at, shop)
        if draft.outcome == "cancelled":
            yield Step("cancelled", at + self.minutes(4, 25), shop, self.say(CANCELLED))
            return
        at = working(at + self.minutes(28, 200), draft.vendor.opens, 20, self.random)
        if draft.outcome == "rejected":
            yield Step("rejected", at, seller, self.say(REJECTED_COLD if draft.vendor.key in COLD else REJECTED))
            return
        yield Step("accepted", at, seller)
        at = working(at + self.minutes(45, 400), draft.vendor.opens, 20, self.random)
        yield Step("ready", at, seller)
        at += self.minutes(3, 40)
        self.assign(draft)
        yield Step("assigned", at, staff)
        yield from self.road(draft, at)

    def road(self, draft: Draft, at: datetime) -> Iterator[Step]:
        """From the vendor's ramp to the shop's door."""
        driver = draft.driver.email if draft.driver else ""
        at = working(at + self.minutes(25, 180), 8, 19, self.random)
        yield Step("picked_up", at, driver)
        at += self.minutes(4, 25)
        yield Step("out_for_delivery", at, driver)
        at += self.minutes(25, 150)
        if draft.outcome == "returned":
            yield Step("attempt_failed", at, driver, self.say(NOT_MET))
            yield Step("returned", at + self.minutes(60, 200), driver, self.say(RETURNED))
            return
        if draft.second_attempt:
            yield Step("attempt_failed", at, driver, self.say(NOT_MET))
            at = working(at + self.minutes(90, 400), 8, 20, self.random)
            yield Step("out_for_delivery", at, driver)
            at += self.minutes(25, 90)
        yield Step("delivered", at, driver, self.recipient(draft))
        if draft.outcome == "partially_refunded":
            yield Step("refunded", working(at + self.minutes(120, 1500), 9, 17, self.random), STAFF[0].email)

    def live_backwards(self, draft: Draft) -> None:
        """Places the order so that, at the plan's end, it has just come as far as its outcome says."""
        on_the_road = draft.outcome in ("picked_up", "out_for_delivery")
        if draft.driver is None and (on_the_road or (draft.outcome == "ready" and self.random.random() < 0.5)):
            self.assign(draft)
        actors = {
            "placed": draft.retailer.email,
            "paid": draft.retailer.email,
            "accepted": draft.vendor.email,
            "ready": draft.vendor.email,
            "assigned": STAFF[0].email,
        }
        driver = draft.driver.email if draft.driver else ""
        verbs = [verb for verb in HOW_FAR[draft.outcome] if (verb != "assigned" or driver) and (verb != "paid" or draft.method == "card")]
        draft.steps = [Step(verb, at, actors.get(verb, driver)) for verb, at in zip(verbs, self.waking(verbs, draft.method), strict=True)]
        draft.at = draft.steps[0].at

    def waking(self, verbs: Sequence[Verb], method: Method) -> list[datetime]:
        """Times for these steps, the last of them shortly before the end: of several tries the one that wakes fewest people."""
        tries = []
        rest = timedelta(days=self.random.choice((0, 0, 1, 1, 2)))  # some vendors take their time over packing
        for _ in range(30):
            at, times = self.end, list[datetime]()
            following = ""
            for verb in reversed(verbs):
                at -= self.minutes(*gap(verb, following, method)) + (rest if verb == "accepted" else timedelta())
                times.insert(0, at)
                following = verb
            tries.append(times)
        return min(tries, key=lambda times: sum(at.hour < 7 or at.hour > 21 for at in times))

    def assign(self, draft: Draft) -> None:
        draft.partner = self.random.choice([partner for partner in PARTNERS if draft.place.emirate in partner.emirates])
        draft.driver = self.random.choice(draft.partner.drivers)

    def recipient(self, draft: Draft) -> str:
        return draft.retailer.contact if self.random.random() < 0.6 else self.random.choice(SHOP_HANDS)

    def say(self, texts: tuple[str, ...]) -> str:
        """One of the texts, none of them twice before all have been used."""
        left = self.unsaid.setdefault(texts, [])
        if not left:
            left.extend(self.random.sample(texts, len(texts)))
        return left.pop()

    def minutes(self, least: float, most: float) -> timedelta:
        return timedelta(seconds=round(60 * self.random.triangular(least, most, least + (most - least) / 4)))

    # what is in it

    def filled(self, number: int, draft: Draft) -> DemoOrder:
        self.stock.advance(draft.at)
        lines = self.lines(draft)
        self.stock.take(draft, lines)
        steps = tuple(self.refund(step, lines) if step.verb == "refunded" else step for step in draft.steps)
        return DemoOrder(
            number=number,
            retailer=draft.retailer.key,
            vendor=draft.vendor.key,
            address=draft.place.label,
            at=draft.at,
            lines=lines,
            method=draft.method,
            outcome=draft.outcome,
            steps=steps,
            token=token(draft),
            partner=draft.partner.key if draft.partner and any(step.verb == "assigned" for step in steps) else "",
            driver=draft.driver.email if draft.driver and any(step.verb == "assigned" for step in steps) else "",
            reason=next((step.text for step in reversed(steps) if step.verb in REASONED), ""),
            notes=self.random.choice(NOTES) if self.random.random() < 0.15 else "",
            basket=draft.basket,
        )

    def lines(self, draft: Draft) -> tuple[tuple[str, int], ...]:
        """A shop's order: a few of the vendor's lines that it likes, enough of them for the vendor's minimum."""
        able = self.offered(draft)
        weights = {product.sku: liking(draft.retailer, product) / (rank + 4) for rank, product in enumerate(able)}
        wanted = min(len(able), max(1, round(self.random.triangular(1, 7, 3) * (0.7 + 0.3 * draft.retailer.size))))
        chosen: dict[str, int] = {}
        while len(chosen) < wanted:
            product = self.random.choices(able, [0.0 if product.sku in chosen else weights[product.sku] for product in able])[0]
            worth = self.random.triangular(120, 620, 220) * draft.retailer.size
            chosen[product.sku] = self.cartons(product, worth)
        self.reach(draft.vendor.minimum_order_value, chosen, able)
        return tuple(chosen.items())

    def offered(self, draft: Draft) -> list[DemoProduct]:
        settled = draft.steps[-1].at < self.end - timedelta(days=3) and draft.outcome == "completed"
        return [
            product
            for product in products()
            if product.vendor == draft.vendor.key
            and product.quantity > product.low_stock_at  # what is short stays so, to be seen on the vendor's page
            and self.stock.available(product.sku) >= 4 * product.min_order_quantity
            and (product.sku != STORY_SKU or settled)
        ]

    def cartons(self, product: DemoProduct, worth: float) -> int:
        """Whole multiples worth about so many dirhams, and never more than a quarter of what is there."""
        most = self.stock.available(product.sku) // 4
        wanted = min(most, max(1, round(worth / float(product.price))))
        multiple = product.order_multiple
        return max(product.min_order_quantity, wanted // multiple * multiple)

    def reach(self, minimum: Decimal, chosen: dict[str, int], able: Sequence[DemoProduct]) -> None:
        """Adds cartons, then further products, until the order is worth the vendor's minimum."""
        offered = {product.sku: product for product in able}

        def worth() -> Decimal:
            return sum((offered[sku].price * quantity for sku, quantity in chosen.items()), Decimal(0))

        for sku in (*chosen, *(sku for sku in offered if sku not in chosen)):
            if worth() >= minimum:
                return
            product = offered[sku]
            step, most = product.order_multiple, self.stock.available(sku) // 3
            chosen.setdefault(sku, product.min_order_quantity)
            while worth() < minimum and chosen[sku] + step <= most:
                chosen[sku] += step

    def refund(self, step: Step, lines: Sequence[tuple[str, int]]) -> Step:
        """One or two cartons' price with its VAT, or a tenth of the whole where that would be everything."""
        sku, quantity = max(lines, key=lambda line: line[1])
        product, cartons = by_sku()[sku], min(quantity, self.random.randint(1, 2))
        worth = product.price * cartons
        subtotal = sum((by_sku()[sku].price * quantity for sku, quantity in lines), Decimal(0))
        if worth < subtotal:
            text = f"{'One carton' if cartons == 1 else 'Two cartons'} of {product.name} {self.random.choice(SHORT)}"
        else:
            worth, text = subtotal / 10, "A tenth of the price, agreed on for the late delivery."
        amount = (worth * (1 + VAT_RATE / 100)).quantize(Decimal("0.01"), ROUND_HALF_UP)
        return replace(step, text=text, amount=amount)


def gap(verb: Verb, following: str, method: Method) -> tuple[int, int]:
    """Minutes, least and most, from an open order's step to the next one, or to the plan's end after its last."""
    if following == "paid":
        return PAYING
    if following:
        return GAPS[verb]
    return LATELY["paid" if method == "cash_on_delivery" and verb == "placed" else verb]


def sells_to(vendor: Vendor, emirate: str, at: datetime, end: datetime) -> bool:
    if vendor.delivers_to and emirate not in vendor.delivers_to:
        return False
    if vendor.status == "suspended":  # its last orders are behind it before the day on which it is stopped
        return at < end - timedelta(days=vendor.status_days_ago + 5)
    return vendor.status == "active"


def liveliness(vendor: Vendor) -> float:
    """How much more is asked of a vendor than of the others: of one that is stopped, as it has fewer weeks."""
    return 3 if vendor.status == "suspended" else 1


def liking(retailer: Retailer, product: DemoProduct) -> float:
    """How fond a shop is of a product, the same every week, so that its orders resemble each other."""
    return 0.15 + (zlib.crc32(f"{retailer.key} {product.sku}".encode()) % 1000 / 500) ** 2


def token(draft: Draft) -> str:
    if draft.method == "cash_on_delivery" or draft.outcome == "pending_payment":
        return ""
    if draft.outcome == "failed":
        return GATEWAY_TOKENS["short" if "funds" in draft.steps[-1].text else "declined"]
    return GATEWAY_TOKENS["paid"]


def working(at: datetime, opens: int, closes: int, chance: random.Random) -> datetime:
    """The moment itself if it falls into working hours (on Fridays until noon), else soon after the next opening."""
    while True:
        until = 12 if at.weekday() == 4 else closes
        if at.hour < opens:
            return at.replace(hour=opens, minute=chance.randrange(3, 50))
        if at.hour < until:
            return at
        at = datetime.combine(at.date() + timedelta(days=1), time(0, 0, at.second), at.tzinfo)


# stock


UNLOADED = timedelta(minutes=35)
"""After a lorry has come in, when its broken cartons are found."""


class Stock:
    """What each vendor has free as the plan goes on, and what comes in so that it never runs out."""

    def __init__(self, end: datetime) -> None:
        self.end = end
        self.free = {product.sku: product.quantity for product in products()}
        self.changes: list[DemoStockChange] = []
        self.due: list[tuple[datetime, int, Callable[[], None]]] = []
        self.numbers = count()
        self.expected: set[str] = set()
        self.story_gone = 0
        self.story_last: datetime | None = None
        self.breakages = 0

    def available(self, sku: str) -> int:
        return self.free[sku]

    def advance(self, now: datetime) -> None:
        while self.due and self.due[0][0] <= now:
            heapq.heappop(self.due)[2]()

    def take(self, draft: Draft, lines: Sequence[tuple[str, int]]) -> None:
        """Reserves the lines, notes when they come back if they do, and sends for more of what has become scarce."""
        last = draft.steps[-1]
        comes_back = last.verb in ("declined", "cancelled", "rejected", "returned")
        for sku, quantity in lines:
            self.free[sku] -= quantity
            if comes_back:
                self.later(last.at, partial(self.give, sku, quantity))
            if sku == STORY_SKU:
                self.story_gone += quantity
                self.story_last = max(self.story_last or last.at, last.at)
            if self.free[sku] < by_sku()[sku].quantity * 0.8 and sku not in self.expected:
                self.send_for(sku, draft.at)

    def give(self, sku: str, quantity: int) -> None:
        self.free[sku] += quantity

    def later(self, at: datetime, action: Callable[[], None]) -> None:
        heapq.heappush(self.due, (at, next(self.numbers), action))

    def send_for(self, sku: str, now: datetime) -> None:
        """A lorry on the second morning from now, if that is still within the plan."""
        number = next(self.numbers)
        at = datetime.combine(now.date() + timedelta(days=2), time(6, number % 50), DUBAI)
        if at > self.end:
            return
        self.expected.add(sku)

        def arrive() -> None:
            self.expected.discard(sku)
            product = by_sku()[sku]
            gap = product.quantity - self.free[sku]
            if gap <= 0 or sku == STORY_SKU:
                return
            self.book(DemoStockChange(at, sku, gap, f"Goods received, delivery note {4200 + number}"))
            self.breakages += 1
            if self.breakages % 6 == 0 and product.quantity >= 60 and at + UNLOADED < self.end:
                self.book(DemoStockChange(at + UNLOADED, sku, -2, BROKEN[self.breakages // 6 % len(BROKEN)]))

        self.later(at, arrive)

    def book(self, change: DemoStockChange) -> None:
        self.free[change.sku] += change.change
        self.changes.append(change)

    def closed(self) -> tuple[DemoStockChange, ...]:
        """All changes in the order of time, the story's product last of all filled up to where it began."""
        self.advance(self.end)
        if self.story_last and self.story_gone:
            at = datetime.combine(self.story_last.date() + timedelta(days=1), time(6, 55), DUBAI)
            self.book(DemoStockChange(at, STORY_SKU, self.story_gone, "Goods received, delivery note 4199"))
        return tuple(sorted(self.changes, key=lambda change: (change.at, change.sku)))


# Monday first; Friday is the day of rest
WEEKDAYS = (1.15, 1.2, 1.1, 1.05, 0.25, 0.6, 0.85)
# how many orders come in, hour by hour, from seven in the morning to nine in the evening
BUSY = dict(zip(range(7, 22), (2, 5, 8, 10, 9, 6, 4, 3, 4, 6, 8, 8, 6, 4, 2), strict=True))

REACHED: dict[Verb, Outcome] = {
    "placed": "pending_payment",
    "paid": "pending",
    "accepted": "processing",
    "ready": "ready",
    "assigned": "ready",
    "picked_up": "picked_up",
    "out_for_delivery": "out_for_delivery",
    "attempt_failed": "out_for_delivery",
    "delivered": "completed",
}

HOW_FAR: dict[Outcome, tuple[Verb, ...]] = {
    "pending_payment": ("placed",),
    "pending": ("placed", "paid"),
    "processing": ("placed", "paid", "accepted"),
    "ready": ("placed", "paid", "accepted", "ready", "assigned"),
    "picked_up": ("placed", "paid", "accepted", "ready", "assigned", "picked_up"),
    "out_for_delivery": ("placed", "paid", "accepted", "ready", "assigned", "picked_up", "out_for_delivery"),
}

# minutes from placing to paying, and from each other step to the next
PAYING = (1, 4)
GAPS: dict[Verb, tuple[int, int]] = {
    "placed": (30, 900),
    "paid": (30, 900),
    "accepted": (60, 900),
    "ready": (4, 40),
    "assigned": (20, 90),
    "picked_up": (5, 20),
}

# minutes from an open order's last step to the plan's end
LATELY: dict[Verb, tuple[int, int]] = {
    "placed": (5, 12),
    "paid": (15, 1100),
    "accepted": (10, 300),
    "ready": (10, 90),
    "assigned": (5, 40),
    "picked_up": (5, 18),
    "out_for_delivery": (8, 60),
}

REASONED = {"declined", "cancelled", "rejected", "returned", "refunded"}

COLD = {"khaleej-dairy", "polar-star"}

DECLINED = (
    "The bank declined the card.",
    "The card has insufficient funds.",
    "The bank declined the card; the shop will try another one.",
)

CANCELLED = (
    "Ordered twice by mistake.",
    "Wrong branch chosen, ordering again for the other address.",
    "Found these cartons in our own store room after all.",
    "The owner wants to wait for next week's price.",
    "We meant the small pack, not the large one.",
    "Our store room is being painted, please not this week.",
    "Quantity entered wrongly.",
)

REJECTED = (
    "The morning count was short of this; please order again on Sunday.",
    "Our truck to your area is full until the weekend.",
    "The consignment is held at customs and will not arrive in time.",
    "The warehouse is closed for the annual stocktake.",
)

REJECTED_COLD = (
    "The refrigerated van is in the workshop until Thursday.",
    "This batch is too close to its date; we would rather not send it.",
    "The cold store is being serviced, no dispatch for two days.",
)

SHORT = ("arrived crushed.", "missing from the pallet.", "with a date too short to sell.")

NOT_MET = (
    "Shutter down, nobody answers the phone.",
    "Shop closed for prayer, will come again.",
    "No space in the store room, asked to come back later.",
    "Loading bay blocked by another lorry.",
)

RETURNED = (
    "The shop could not take the goods today; back to the warehouse.",
    "Refused at the door: the owner was away and nobody could sign.",
    "Delivered to a closed shop twice, returned to the vendor.",
    "Outer cartons got wet in the rain; the shop refused them.",
)

SHOP_HANDS = ("Yusuf", "Anil Kumar", "Grace", "Store keeper", "Mohammed Rafi", "Cashier on duty", "Jamal", "Leila")

NOTES = (
    "Please deliver before 11 am.",
    "Use the back entrance, the front is for customers.",
    "Call the store keeper ten minutes before arrival.",
    "Longest possible expiry dates, please.",
    "No delivery between 12 and 2.",
    "Put the cartons on a pallet, we have a hand jack.",
    "Invoice to the main branch.",
)

BROKEN = (
    "Crushed by the forklift",
    "Leaking cartons found on unloading",
    "Torn shrink wrap, not fit for sale",
)
