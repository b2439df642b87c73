"""A PostgreSQL database full of orders: a year of trade of 200 wholesalers and 2,000 shops, some of them much larger than others.

    python tests/load/trade.py 1000000        on DATABASE_URL's server, in a database aqad_load_orders_1000000 of its own

What is there already is kept, so that a second call costs nothing. `--drop` removes it. Orders, lines, payments and reservations
agree with each other; the record of how each order came to its state is left out, since no list and no dashboard reads it.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

import psycopg

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT)]

from tests.load import warehouse  # noqa: E402

PRODUCTS, RETAILERS = 20_000, 2_000
DAYS = 365
# Each of the wholesalers has so many products; an order's lines step through them by a number that shares no factor with it.
EACH = PRODUCTS // warehouse.VENDORS
# random() is squared, so that the largest wholesaler has seven in a hundred orders and the median one four in a thousand.
PLAN = """
CREATE UNLOGGED TABLE load_plan AS
SELECT n, floor(200 * v * v)::int AS vendor, floor(2000 * r * r)::int AS retailer, (random() * 99)::int AS first,
  1 + (random() * 4)::int AS lines, at, CASE WHEN random() < .5 THEN 'card' ELSE 'cash_on_delivery' END AS method,
  CASE WHEN at < now() - interval '4 days' THEN
    CASE WHEN s < .93 THEN 'completed' WHEN s < .96 THEN 'cancelled' WHEN s < .98 THEN 'rejected' WHEN s < .99 THEN 'failed'
         ELSE 'returned' END
  WHEN at > now() - interval '20 minutes' AND s < .5 THEN 'pending_payment'
  ELSE (ARRAY['pending', 'processing', 'ready', 'picked_up', 'out_for_delivery', 'completed', 'completed', 'cancelled'])[1 + (s * 7)::int]
  END AS status
FROM (SELECT n, random() AS v, random() AS r, random() AS s, now() - make_interval(secs => %(seconds)s * (1 - n / %(count)s::float)) AS at
      FROM generate_series(1, %(count)s) AS n) AS drawn
"""
LINES = """
INSERT INTO orders_orderline (order_id, product_id, name, unit, pack_size, quantity, unit_price, vat_rate, line_total, vat)
SELECT 1000 + n, p.id, p.name, p.unit, p.pack_size, q, p.price, p.vat_rate, round(p.price * q, 2),
  round(round(p.price * q, 2) * p.vat_rate / 100, 2)
FROM load_plan CROSS JOIN generate_series(0, lines - 1) AS i CROSS JOIN LATERAL (SELECT 1 + (n + i * 7) %% 40 AS q) AS asked
JOIN catalog_product AS p ON p.id = 1001 + vendor + %(vendors)s * ((first + i * 7) %% %(each)s)
ORDER BY n
"""
PAYMENTS = """
INSERT INTO payments_payment
  (id, payer_id, method, status, amount, amount_paid, amount_refunded, gateway, pay_by, created_at, updated_at)
SELECT o.id, r.company_id, method,
  CASE WHEN paid > 0 AND was_ended THEN 'refunded' WHEN paid > 0 THEN 'paid' WHEN o.status = 'failed' THEN 'failed'
       WHEN was_ended THEN 'cancelled' ELSE 'unpaid' END,
  o.total, paid, CASE WHEN was_ended THEN paid ELSE 0 END, CASE WHEN method = 'card' THEN 'sandbox' ELSE '' END,
  CASE WHEN method = 'card' THEN o.created_at + interval '30 minutes' END, o.created_at, o.updated_at
FROM orders_order AS o JOIN load_plan AS p ON o.id = 1000 + n JOIN retailers_retailer AS r ON r.id = o.retailer_id
CROSS JOIN LATERAL (
  SELECT o.status IN ('cancelled', 'rejected', 'returned') AS was_ended,
    CASE WHEN (method = 'card' AND o.status NOT IN ('pending_payment', 'failed')) OR o.status = 'completed' THEN o.total ELSE 0 END AS paid
) AS money
"""
ORDERS = """
INSERT INTO orders_order
  (id, retailer_id, vendor_id, payment_id, placed_by_id, status, reason, retailer_name, vendor_name, subtotal, vat, total, address,
   notes, created_at, released_at, accept_by, reminded_at, updated_at)
SELECT 1000 + n, r.id, v.id, 1000 + n, m.user_id, p.status, '', rc.name, vc.name, subtotal, vat, subtotal + vat,
  '{"label": "Main store", "line1": "Al Wasl Road 12", "area": "Al Wasl", "emirate": "Dubai", "landmark": "", "phone": "+971501112233",
    "latitude": null, "longitude": null}', '', at, released, released + interval '48 hours', NULL, at
FROM load_plan AS p
CROSS JOIN LATERAL (SELECT CASE WHEN status NOT IN ('pending_payment', 'failed') THEN at END AS released) AS times
JOIN (SELECT order_id, sum(line_total) AS subtotal, sum(vat) AS vat FROM orders_orderline GROUP BY order_id) AS sums
  ON sums.order_id = 1000 + n
JOIN retailers_retailer AS r ON r.id = %(retailer)s + retailer JOIN accounts_company AS rc ON rc.id = r.company_id
JOIN accounts_membership AS m ON m.company_id = rc.id
JOIN vendors_vendor AS v ON v.id = %(vendor)s + vendor JOIN accounts_company AS vc ON vc.id = v.company_id
ORDER BY n
"""
STOCK = """
UPDATE catalog_stock SET reserved = held, on_hand = held + 1000
FROM (SELECT product_id, sum(quantity) AS held FROM orders_orderline AS l JOIN orders_order AS o ON o.id = l.order_id
      WHERE o.status IN ('pending_payment', 'pending', 'processing', 'ready') GROUP BY product_id) AS sums
WHERE sums.product_id = catalog_stock.product_id
"""


def database_of(count: int) -> str:
    return warehouse.database_of(f"orders_{count}")


def traded(count: int) -> str:
    """The address of a database with `count` orders, made if it is not there."""
    return warehouse.made(database_of(count), __file__, str(count))


def fill(count: int) -> None:
    """Products by the warehouse, shops, then orders by a handful of statements."""
    warehouse.fill(PRODUCTS)
    import django

    django.setup()
    vendor, retailer = _people()
    numbers = {"count": count, "seconds": DAYS * 86400, "vendors": warehouse.VENDORS, "each": EACH, "vendor": vendor, "retailer": retailer}
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        # Rows that the statements themselves make consistent need no trigger to look at each of them.
        for given in ("session_replication_role = replica", "synchronous_commit = off", "work_mem = '256MB'", "statement_timeout = 0"):
            connection.execute(f"SET {given}")
        connection.execute("SELECT setseed(0.24)")
        for title, statement in (("orders", PLAN), ("lines", LINES), ("", ORDERS), ("payments", PAYMENTS), ("stock", STOCK)):
            print(f"{title or 'amounts'} ...", file=sys.stderr, flush=True)
            connection.execute(_filled(statement, numbers))
        connection.execute("DROP TABLE load_plan")
        connection.execute("UPDATE accounts_company SET created_at = created_at - interval '2 years'")  # before their orders
        for table in ("orders_order", "payments_payment"):
            connection.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {1001 + count})")  # type: ignore[arg-type]
        connection.execute("VACUUM ANALYZE")


def _filled(statement: str, numbers: dict[str, int]) -> bytes:
    """Whole numbers alone are put in, so that nothing of them can be read as SQL."""
    return (statement % {name: int(number) for name, number in numbers.items()}).encode()


def _people() -> tuple[int, int]:
    """Somebody for each company; the numbers of the first vendor and the first retailer, which are followed by the others."""
    from aqad.accounts.models import Company, Membership, User
    from aqad.retailers.models import Retailer
    from tests.factories.people import hashed_password
    from vendors.models import Vendor

    shops = Company.objects.bulk_create(
        Company(kind="retailer", name=f"Shop {n}", status="active", phone="+97142223344") for n in range(RETAILERS)
    )
    retailers = Retailer.objects.bulk_create(Retailer(company=company) for company in shops)
    for retailer in retailers:
        retailer.company.reference = retailer.reference
    Company.objects.bulk_update(shops, ["reference"], batch_size=500)
    vendors = list(Vendor.objects.select_related("company").order_by("pk"))
    companies = [*(vendor.company for vendor in vendors), *shops]
    users = User.objects.bulk_create(
        User(email=f"{company.reference.lower()}@load.test", name=f"Owner of {company.name}", password=hashed_password())
        for company in companies
    )
    Membership.objects.bulk_create(
        Membership(user=user, company=company, role="owner") for user, company in zip(users, companies, strict=True)
    )
    return vendors[0].pk, retailers[0].pk


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("count", type=int, nargs="?", default=1_000_000)
    parser.add_argument("--fill", action="store_true", help="fill the database of DATABASE_URL itself, which must be migrated")
    parser.add_argument("--drop", action="store_true")
    options = parser.parse_args()
    if options.fill:
        fill(options.count)
    elif options.drop:
        warehouse.dropped(database_of(options.count))
    else:
        print(traded(options.count))


if __name__ == "__main__":
    main()
