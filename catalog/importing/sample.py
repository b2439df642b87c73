"""What a file of products may hold: each column with an example and its meaning, and the same as a file to begin with."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from aqad.core.errors import Words
from catalog.importing.reporting import MARK

NAME = "products-template.csv"


@dataclass(frozen=True, slots=True)
class Column:
    """`heading` is one that `columns` recognises."""

    heading: str
    example: str
    meaning: Words


COLUMNS = (
    Column("name", "Spring Water", _("What it is called. Needed for a new product.")),
    Column("sku", "WATER-500", _("Your own code. By it the product is found again, so that the next file changes it.")),
    Column("barcode", "6291000000013", _("GTIN of 8, 12, 13 or 14 digits. Finds the product where there is no SKU.")),
    Column("category", "Beverages", _("Needed for a new product.")),
    Column("subcategory", "Water", _("Below the category.")),
    Column("brand", "Al Ain", _("A new name becomes a new brand.")),
    Column("description", "Still water in bottles", _("Up to 5,000 characters.")),
    Column("unit", "carton", _("What is sold: carton, sack, tray. Carton, if left out.")),
    Column("pack_size", "24 x 500 ml", _("As it stands on the carton.")),
    Column("units_per_pack", "24", _("Pieces in a carton.")),
    Column("price", "18.50", _("AED per carton before VAT. Needed for a new product.")),
    Column("vat_rate", "5.00", _("5.00 or 0.00 per cent. 5.00, if left out.")),
    Column("quantity", "400", _("Cartons counted on your shelf. Leave it out to leave the stock as it is.")),
    Column("min_order_quantity", "5", _("The fewest cartons of an order.")),
    Column("order_multiple", "5", _("Ordered in steps of so many cartons.")),
    Column("low_stock_at", "50", _("You are warned when no more than so many can be ordered.")),
    Column("status", "published", _("published or draft. Published, if left out.")),
)


def template_csv() -> bytes:
    """The headings and one row to write over, as spreadsheets read it."""
    text = io.StringIO()
    csv.writer(text).writerows([[column.heading for column in COLUMNS], [column.example for column in COLUMNS]])
    return (MARK + text.getvalue()).encode()
