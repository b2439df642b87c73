"""How the time in the database grows with the number of products: lists, filters, deep pages, searches of every kind.

    python tests/load/growth.py 1000 100000 1000000

Each size has a database of its own (warehouse.py). The sizes take turns, three rounds; printed are the median milliseconds that
one answer spends in the database and the exponent of growth from the smallest to the largest: 0 is none, 1 is in step.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

from warehouse import ROOT, environment, stocked

ROUNDS, CALLS = 3, 7
# What is asked, as a client would: the grocery words are those of the real file.
CASES = {
    "newest": {},
    "by price": {"sort": "price"},
    "by name": {"sort": "name"},
    "in stock": {"in_stock": "true"},
    "a large category": {"category": "category-0"},
    "a small category": {"category": "below-7"},
    "a brand": {"brand": "brand-40"},
    "a vendor": {"vendor": "V1001"},
    "a span of prices": {"min_price": "20.00", "max_price": "21.00"},
    "category, in stock, by price": {"category": "category-0", "in_stock": "true", "sort": "price"},
    "page 50": {"page": "50"},
    "deep by cursor": {"cursor": "middle"},
    "search: a common word": {"search": "juice"},
    "search: a rare word": {"search": "kombucha"},
    "search: two words": {"search": "organic almond"},
    "search: a beginning": {"search": "choc"},
    "search: common, by price": {"search": "juice", "sort": "price"},
    "search: misspelt": {"search": "chocolte"},
    "search: Arabic": {"search": "عصير"},
    "search: a SKU": {"search": "SKU-7"},
    "search: nothing": {"search": "zzzzqqqq"},
}


def measure() -> dict[str, float]:
    """Milliseconds in the database for each case, the median of some calls; the first of each is not counted."""
    sys.path.insert(0, str(ROOT))
    os.environ["DJANGO_SETTINGS_MODULE"] = "aqad.settings"
    import django

    django.setup()
    from django.db import connection

    from catalog.api.listing import build_products, read_products
    from catalog.models import Product

    spent = [0.0]

    def timed(execute: Callable[..., Any], *arguments: Any) -> Any:
        started = time.perf_counter()
        try:
            return execute(*arguments)
        finally:
            spent[0] += time.perf_counter() - started

    def one(query: dict[str, str]) -> float:
        spent[0] = 0.0
        build_products(read_products(query))
        return spent[0] * 1000

    middle = {"cursor": _cursor_at(Product.objects.order_by("pk")[Product.objects.count() // 2])}
    with connection.execute_wrapper(timed):
        return {
            name: statistics.median([one(middle if "cursor" in query else query) for _ in range(CALLS + 1)][1:])
            for name, query in CASES.items()
        }


def _cursor_at(product: Any) -> str:
    from aqad.core.pagination import encode_cursor

    return encode_cursor(product, ("-pk",))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sizes", nargs="*", type=int, default=[1000, 100_000])
    parser.add_argument("--measure", action="store_true", help="the database of DATABASE_URL alone, as JSON")
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(measure()))
        return
    databases = {size: stocked(size) for size in sorted(options.sizes)}
    seen: dict[int, dict[str, list[float]]] = {size: {name: [] for name in CASES} for size in databases}
    for number in range(ROUNDS):
        for size, url in databases.items():
            print(f"round {number + 1} of {ROUNDS}, {size:,} products ...", file=sys.stderr)
            command = [sys.executable, __file__, "--measure"]
            out = subprocess.run(command, cwd=ROOT, env=environment(DATABASE_URL=url), check=True, stdout=subprocess.PIPE)
            for name, milliseconds in json.loads(out.stdout).items():
                seen[size][name].append(milliseconds)
    _print({size: {name: statistics.median(times) for name, times in cases.items()} for size, cases in seen.items()})


def _print(medians: dict[int, dict[str, float]]) -> None:
    sizes = list(medians)
    print(f"{'milliseconds in the database':<32}" + "".join(f"{size:>12,}" for size in sizes) + f"{'exponent':>10}")
    for name in CASES:
        times = [medians[size][name] for size in sizes]
        exponent = math.log(times[-1] / times[0]) / math.log(sizes[-1] / sizes[0]) if len(sizes) > 1 else 0.0
        print(f"{name:<32}" + "".join(f"{milliseconds:>12.2f}" for milliseconds in times) + f"{exponent:>10.2f}")


if __name__ == "__main__":
    main()
