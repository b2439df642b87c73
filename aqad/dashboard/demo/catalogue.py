"""What the demo's market sells: a tree of categories, the brands, and every product with its price, pack, barcode and look.

The shelves (`shelves/`) are written in lines, two or more to a product:

    name | brand | pack size | AED per carton | cartons on hand | shape/emblem [#second colour] [| min N] [| by N] [| low N]
      description, indented, on as many lines as it needs

`min` is the smallest order and `by` the multiple, both in cartons (1 when not said); `low` the stock at which the vendor is warned.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from aqad.dashboard.demo.brands import Brand, by_name, slug
from aqad.dashboard.demo.shelves import cooking, dairy, drinks, frozen, home, hot_drinks, pantry, snacks, staples

VAT_RATE = Decimal("5.00")

# name | the code inside a SKU; an indented line is a child of the last line that is not; the slug follows from the name
CATEGORY_TREE = """
Beverages
  Soft Drinks | SFT
  Water | WAT
  Juices | JUI
  Energy Drinks | NRG
  Malt Drinks | MLT
Tea & Coffee
  Tea | TEA
  Coffee | COF
  Creamers & Evaporated Milk | CRM
Dairy & Eggs
  Milk | MLK
  Laban & Yoghurt | YOG
  Cheese | CHS
  Butter & Ghee | BUT
  Eggs | EGG
Rice & Grains
  Rice | RIC
  Flour & Semolina | FLR
  Pulses & Beans | PUL
  Pasta & Noodles | PAS
Cooking Essentials
  Oils | OIL
  Sugar & Salt | SUG
  Spices & Masalas | SPI
Canned & Jarred
  Canned Fish | FIS
  Canned Vegetables & Fruit | VEG
  Sauces & Pickles | SAU
  Jams & Honey | JAM
Breakfast
  Cereals & Oats | CER
  Spreads & Syrups | SPR
Snacks & Confectionery
  Chips & Crisps | CHP
  Nuts & Seeds | NUT
  Biscuits & Wafers | BIS
  Chocolate & Sweets | CHO
  Dates | DAT
Frozen
  Frozen Poultry & Meat | FPO
  Frozen Vegetables & Pastry | FVE
  Frozen Seafood | FSE
  Ice Cream | ICE
Household
  Laundry | LAU
  Dishwashing | DIS
  Cleaning & Air Care | CLN
  Paper & Tissues | PAP
  Disposables & Wraps | DSP
Personal Care
  Soap & Body Care | SOA
  Hair Care | HAI
  Oral Care | ORA
Baby
  Nappies & Wipes | NAP
  Baby Food & Care | BAB
"""

SKU_PREFIXES = {
    "ahmed-foods": "AF",
    "khaleej-dairy": "KD",
    "sahara-grains": "SG",
    "bayt-pantry": "BP",
    "karak-road": "KR",
    "jumeirah-snacks": "JS",
    "noor-home": "NH",
    "polar-star": "PS",
    "quick-deal": "QD",
}


@dataclass(frozen=True)
class Category:
    slug: str
    name: str
    parent: str | None
    code: str


@dataclass(frozen=True)
class Look:
    """What the pack shot shows: a shape, an emblem on its label, and the colours."""

    shape: str
    emblem: str
    base: str
    accent: str
    ink: str


@dataclass(frozen=True)
class DemoProduct:
    sku: str
    name: str
    brand: str
    category: str
    pack_size: str
    units_per_pack: int
    barcode: str
    price: Decimal
    """AED for one carton, before VAT."""
    description: str
    vat_rate: Decimal
    min_order_quantity: int
    order_multiple: int
    quantity: int
    """Cartons on hand on the first day."""
    low_stock_at: int
    vendor: str
    look: Look


def check_digit(digits: str) -> str:
    """The thirteenth digit of a GTIN-13, from its first twelve (GS1 General Specifications, 7.9)."""
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
    return str(-total % 10)


@cache
def brands() -> tuple[Brand, ...]:
    return tuple(by_name().values())


@cache
def categories() -> tuple[Category, ...]:
    """Parents before their children."""
    found: list[Category] = []
    parent = None
    for line in CATEGORY_TREE.strip().splitlines():
        name, *code = (part.strip() for part in line.split("|"))
        if not code:
            parent = slug(name)
        found.append(Category(slug(name), name, parent if code else None, code[0] if code else ""))
    return tuple(found)


@cache
def products() -> tuple[DemoProduct, ...]:
    """In the order of the shelves, which is roughly the order of their sales within a vendor."""
    made: list[DemoProduct] = []
    in_category: Counter[str] = Counter()
    in_brand: Counter[str] = Counter()
    codes = {category.slug: category.code for category in categories()}
    for aisle in (drinks, hot_drinks, dairy, staples, cooking, pantry, snacks, frozen, home):
        for category, vendor, text in aisle.SHELVES:
            for facts, description in read(text):
                in_category[category] += 1
                in_brand[facts[1]] += 1
                sku = f"{SKU_PREFIXES[vendor]}-{codes[category]}-{in_category[category]:03d}"
                made.append(product(facts, description, sku=sku, item=in_brand[facts[1]], category=category, vendor=vendor))
    return tuple(made)


@cache
def by_sku() -> dict[str, DemoProduct]:
    return {made.sku: made for made in products()}


def read(text: str) -> Iterator[tuple[list[str], str]]:
    """The products of one shelf: the facts of each, and its description."""
    for block in re.split(r"\n(?=\S)", text.strip()):
        facts, *description = block.splitlines()
        yield facts.split(" | "), " ".join(line.strip() for line in description)


def product(facts: list[str], description: str, *, sku: str, item: int, category: str, vendor: str) -> DemoProduct:
    name, brand_name, pack_size, price, quantity, look, *extras = facts
    brand = by_name()[brand_name]
    extra = {word: int(number) for word, number in (extra.split() for extra in extras)}
    kind, *colour = look.split()
    shape, emblem = kind.split("/")
    on_hand = int(quantity)
    return DemoProduct(
        sku=sku,
        name=name,
        brand=brand.name,
        category=category,
        pack_size=pack_size,
        units_per_pack=int(pack_size.split(" x ")[0]),
        barcode=barcode(brand, item),
        price=Decimal(price),
        description=description,
        vat_rate=VAT_RATE,
        min_order_quantity=extra.get("min", 1),
        order_multiple=extra.get("by", 1),
        quantity=on_hand,
        low_stock_at=extra.get("low", max(5, on_hand // 50 * 5)),
        vendor=vendor,
        look=Look(shape, emblem, brand.base, colour[0] if colour else brand.accent, brand.ink),
    )


def barcode(brand: Brand, item: int) -> str:
    digits = f"{brand.country}{brand.number:05d}{item * 10 + 1:04d}"
    return digits + check_digit(digits)
