"""What retailers put on record."""

from django.utils.translation import gettext_lazy as _

from aqad.audit import verbs


def declare() -> None:
    verbs.declare(
        {
            "retailers.registered": _("{actor} registered {subject}"),
            "retailers.address_added": _("{actor} added {subject}"),
            "retailers.address_changed": _("{actor} changed {subject}"),
            "retailers.address_removed": _("{actor} removed {subject}"),
        }
    )
