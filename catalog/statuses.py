"""The states of a product and of an import."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ProductStatus(TextChoices):
    DRAFT = "draft", _("Draft")  # only its vendor sees it
    PUBLISHED = "published", _("Published")  # in the shop window, unless its vendor or AQAD's staff took that away
    ARCHIVED = "archived", _("Archived")  # sold no more; old orders keep their lines


# All that a vendor may do with an own product; being taken down by staff is apart from it.
TRANSITIONS: dict[str, frozenset[str]] = {
    ProductStatus.DRAFT: frozenset({ProductStatus.PUBLISHED, ProductStatus.ARCHIVED}),
    ProductStatus.PUBLISHED: frozenset({ProductStatus.DRAFT, ProductStatus.ARCHIVED}),
    ProductStatus.ARCHIVED: frozenset({ProductStatus.DRAFT, ProductStatus.PUBLISHED}),
}


class ImportState(TextChoices):
    QUEUED = "queued", _("Queued")  # waits for a worker, or for an earlier file of the same vendor
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")  # every row was dealt with; those that failed are in errors.csv
    FAILED = "failed", _("Failed")  # the file as a whole could not be read


class MovementKind(TextChoices):
    RECEIVED = "received", _("Received")  # first stock, or goods that came in
    ADJUSTED = "adjusted", _("Adjusted")  # stocktake, damage
    RESERVED = "reserved", _("Reserved")  # an order was placed
    RELEASED = "released", _("Released")  # the order ended before pick-up
    DISPATCHED = "dispatched", _("Dispatched")  # picked up: off the shelf
    RETURNED = "returned", _("Returned")  # came back
