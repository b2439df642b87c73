"""What the catalogue puts on record."""

from django.utils.translation import gettext_lazy as _

from aqad.audit import verbs


def declare() -> None:
    verbs.declare(
        {
            "catalog.category_created": _("{actor} created {subject}"),
            "catalog.category_changed": _("{actor} changed {subject}"),
            "catalog.category_deleted": _("{actor} deleted {subject}"),
            "catalog.brand_created": _("{actor} created {subject}"),
            "catalog.brand_changed": _("{actor} changed {subject}"),
            "catalog.brand_deleted": _("{actor} deleted {subject}"),
            "catalog.product_created": _("{actor} created {subject}"),
            "catalog.product_changed": _("{actor} changed {subject}"),
            "catalog.product_archived": _("{actor} archived {subject}"),
            "catalog.product_taken_down": _("{actor} took down {subject}"),
            "catalog.product_restored": _("{actor} restored {subject}"),
            "catalog.image_added": _("{actor} added a picture to {subject}"),
            "catalog.image_removed": _("{actor} removed a picture from {subject}"),
            "catalog.images_reordered": _("{actor} put the pictures of {subject} into another order"),
            "catalog.stock_adjusted": _("{actor} adjusted the stock of {subject}"),
            "catalog.stock_reconciled": _("{actor} brought the counters of {subject} in line with its ledger"),
            "catalog.stock_low": _("The stock of {subject} is low"),
            "catalog.import_queued": _("{actor} sent {subject}"),
            "catalog.import_finished": _("{subject} finished"),
        }
    )
