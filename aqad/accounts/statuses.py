"""The states of a company and which may follow which."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class CompanyStatus(TextChoices):
    PENDING = "pending", _("Pending")  # registered, its papers wait for AQAD's staff
    ACTIVE = "active", _("Active")  # may trade
    REJECTED = "rejected", _("Rejected")  # papers refused; new papers make it pending again
    SUSPENDED = "suspended", _("Suspended")  # shut out by staff until reinstated


TRANSITIONS: dict[str, frozenset[str]] = {
    CompanyStatus.PENDING: frozenset({CompanyStatus.ACTIVE, CompanyStatus.REJECTED}),
    CompanyStatus.REJECTED: frozenset({CompanyStatus.PENDING}),
    CompanyStatus.ACTIVE: frozenset({CompanyStatus.SUSPENDED}),
    CompanyStatus.SUSPENDED: frozenset({CompanyStatus.ACTIVE}),
}


class CompanyKind(TextChoices):
    VENDOR = "vendor", _("Vendor")
    RETAILER = "retailer", _("Retailer")
    DELIVERY = "delivery", _("Delivery partner")


class Position(TextChoices):
    OWNER = "owner", _("Owner")
    MEMBER = "member", _("Member")
    DISPATCHER = "dispatcher", _("Dispatcher")
    DRIVER = "driver", _("Driver")


# Who may invite and remove people of the own company, and change its particulars.
MANAGERS = frozenset({Position.OWNER, Position.DISPATCHER})
POSITIONS_OF_KIND: dict[str, tuple[str, ...]] = {
    CompanyKind.VENDOR: (Position.OWNER, Position.MEMBER),
    CompanyKind.RETAILER: (Position.OWNER, Position.MEMBER),
    CompanyKind.DELIVERY: (Position.DISPATCHER, Position.DRIVER),
}
