"""Notifications from before there were pages lead to addresses of the API; let them lead to pages like all others.

In batches, each committed by itself, so nobody waits for it however many there are; it may be interrupted and run again.
"""

import re
from typing import Any

from django.db import migrations

STAFFS_PAYMENT = re.compile(r"/api/payments/PAY(\d+)\b.*")
PAGES = [
    (re.compile(r"/api/(orders/ORD\d+|payments/PAY\d+|deliveries/DEL\d+)\b.*"), r"/\1"),
    (re.compile(r"/api/products/imports/(\d+)\b.*"), r"/vendor/imports/\1"),
    (re.compile(r"/api/products/(P\d+)\b.*"), r"/vendor/products/\1"),
    (re.compile(r"/api/vendors/V(\d+)\b.*"), r"/admin/vendors/vendor/\1/change/"),
    (re.compile(r"/api/vendor/documents\b.*"), "/vendor/documents"),
]


def page_of(url: str, kind: str) -> str:
    """Empty where there is no page for it: then the bell's own list is shown."""
    rules = [(STAFFS_PAYMENT, r"/admin/payments/payment/\1/change/"), *PAGES] if kind == "money_alert" else PAGES
    return next((form.sub(page, url) for form, page in rules if form.fullmatch(url)), "")


def lead_to_pages(apps: Any, editor: Any, batch: int = 500) -> None:
    notifications = apps.get_model("notifications", "Notification").objects.using(editor.connection.alias)
    last = 0
    while rows := list(notifications.filter(pk__gt=last, url__startswith="/api/").order_by("pk").only("url", "kind")[:batch]):
        for row in rows:
            row.url = page_of(row.url, row.kind)
        notifications.bulk_update(rows, ["url"])
        last = rows[-1].pk


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("notifications", "0001_initial")]

    operations = [migrations.RunPython(lead_to_pages, migrations.RunPython.noop)]
