"""A whole file, read and checked, into scratch, beside the products that its vendor has: nothing is written to the catalogue yet."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain, islice
from typing import IO

from django.utils.translation import gettext as _

from catalog.importing import columns
from catalog.importing.reading import MOST_ROWS, Unreadable, lines_of
from catalog.importing.rows import parse
from catalog.importing.scratch import Scratch
from catalog.models import Product
from catalog.statuses import ProductStatus
from vendors.models import Vendor

PAGE = 2000


def gather(file: IO[bytes], vendor: Vendor, into: Scratch, *, tick: Callable[[], None]) -> list[str]:
    """Read `file` and settle which of its rows is which product of `vendor`; `tick` is called every now and then.

    Returns the headings as they came. Raises Unreadable for a file that cannot be imported as a whole.
    """
    lines = lines_of(file)
    first = list(islice(lines, columns.LINES_BEFORE))
    place, found = columns.find(first)
    for line in chain(first[place + 1 :], lines):
        if into.total == MOST_ROWS:
            raise Unreadable(_("The file has more than %(most)s rows; send it in parts.") % {"most": f"{MOST_ROWS:,}"})
        cells = found.trimmed(line.cells)
        if any(cells):
            parsed = parse(found, cells)
            into.add(line.number, cells, parsed.values, " ".join(parsed.problems) or None)
        if line.number % PAGE == 0:
            tick()
    if not into.total:
        raise Unreadable(_("The file has headings and nothing below them."))
    for page in _known(vendor):
        into.add_known(page)
        tick()
    into.match(
        ambiguous=_("Several of your products have this barcode. Add the SKU, or write name and pack size as they are in your list."),
        tick=tick,
    )
    return found.headings


def _known(vendor: Vendor) -> Iterator[list[tuple[int, str, str, str, str]]]:
    """What the vendor has that is not archived, in pages: no statement holds the whole of it."""
    products = Product.objects.filter(vendor=vendor).exclude(status=ProductStatus.ARCHIVED).order_by("pk")
    after = 0
    while page := list(products.filter(pk__gt=after).values_list("pk", "sku", "barcode", "name", "pack_size")[:PAGE]):
        yield page
        after = page[-1][0]
