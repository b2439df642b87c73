"""What vendors put on record."""

from django.utils.translation import gettext_lazy as _

from aqad.audit import verbs


def declare() -> None:
    verbs.declare(
        {
            "vendors.registered": _("{actor} registered {subject}"),
            "vendors.resubmitted": _("{actor} sent new papers for {subject}"),
            "vendors.approved": _("{actor} approved {subject}"),
            "vendors.rejected": _("{actor} rejected {subject}"),
            "vendors.changed": _("{actor} changed {subject}"),
            "vendors.document_added": _("{actor} sent {subject}"),
            "vendors.document_viewed": _("{actor} viewed {subject}"),
            "vendors.document_approved": _("{actor} approved {subject}"),
            "vendors.document_rejected": _("{actor} rejected {subject}"),
            "vendors.document_expiring": _("{subject} expires soon"),
        }
    )
