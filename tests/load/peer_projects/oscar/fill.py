"""The table `groceries` of this database as Oscar's catalogue: a product class, categories, one partner, products with their stock."""

import django

django.setup()

from django.db import connection, transaction  # noqa: E402
from django.utils.text import slugify  # noqa: E402
from oscar.apps.catalogue.categories import create_from_sequence  # noqa: E402
from oscar.core.loading import get_model  # noqa: E402

Category, Product, ProductCategory, ProductClass = (
    get_model("catalogue", name) for name in ("Category", "Product", "ProductCategory", "ProductClass")
)
Partner, StockRecord = (get_model("partner", name) for name in ("Partner", "StockRecord"))
BATCH = 5000


def main() -> None:
    kind, _ = ProductClass.objects.get_or_create(name="Groceries")
    partner, _ = Partner.objects.get_or_create(name="Wholesaler LLC")
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT category, subcategory FROM groceries ORDER BY category, subcategory NULLS FIRST")
        categories = {
            (category, below): create_from_sequence([category, below] if below else [category])[-1] for category, below in cursor.fetchall()
        }
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute("SELECT title, upc, price, stock, category, subcategory FROM groceries ORDER BY id")
        while rows := cursor.fetchmany(BATCH):
            add(rows, kind, partner, categories)


def add(rows, kind, partner, categories):
    products = Product.objects.bulk_create(
        Product(product_class=kind, title=title, slug=slugify(title)[:255] or "product", upc=upc) for title, upc, *_ in rows
    )
    both = list(zip(products, rows, strict=True))
    ProductCategory.objects.bulk_create(ProductCategory(product=product, category=categories[row[4], row[5]]) for product, row in both)
    StockRecord.objects.bulk_create(
        StockRecord(product=product, partner=partner, partner_sku=row[1], price_currency="AED", price=row[2], num_in_stock=row[3])
        for product, row in both
    )


main()
