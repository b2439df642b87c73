"""What a message is about, as its reader sees it: the page to open, the words on the button that opens it, the thing in short."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from aqad.accounts.actions.email import token_for
from aqad.accounts.actions.passwords import reset_token_for
from aqad.accounts.models import User
from aqad.notifications import digests
from aqad.notifications.digests import Digest
from aqad.notifications.subjects import Occasion
from vendors.actions.registering import application_url

Words = str | Promise
Page = Callable[[Occasion, User], str]
START = "catalog:home"


@dataclass(frozen=True, slots=True)
class Thing:
    """`page` gives the path of a page that the reader may open; `digest` is what a mail shows of the thing."""

    button: Words
    page: Page
    digest: Callable[[Occasion], Digest] = digests.of_nothing


def _always(route: str) -> Page:
    return lambda _occasion, _user: reverse(route)


def _of(route: str, key_of: Callable[[Occasion], Any]) -> Page:
    """The page of what `key_of` names; the start page when that is gone."""

    def page(occasion: Occasion, _user: User) -> str:
        key = key_of(occasion)
        return reverse(route, args=[key]) if key is not None else reverse(START)

    return page


def _order(occasion: Occasion) -> str | None:
    return occasion.order.reference if occasion.order else None


def _vendor(occasion: Occasion) -> int | None:
    vendor = getattr(occasion.company, "vendor", None)
    return vendor.pk if vendor else None


def _application(occasion: Occasion, _user: User) -> str:
    vendor = getattr(occasion.company, "vendor", None)
    return application_url(vendor).removeprefix(settings.PUBLIC_URL) if vendor else reverse(START)


def _email(occasion: Occasion, user: User) -> str:
    change = occasion.email_change
    return reverse("accounts:confirm_email", args=[token_for(user, change)]) if change else reverse(START)


def _password(_occasion: Occasion, user: User) -> str:
    return reverse("accounts:choose_password", args=[reset_token_for(user)])


PURCHASE = Thing(_("Open the order"), _of("orders:order", _order), digests.of_purchase)
SALE = Thing(_("Open the order"), _of("orders:order", _order), digests.of_sale)
DELIVERY = Thing(
    _("Open the delivery"),
    _of("deliveries:delivery", lambda occasion: occasion.delivery and occasion.delivery.reference),
    digests.of_delivery,
)
PAYMENT = Thing(
    _("Open the payment"), _of("orders:payment", lambda occasion: occasion.payment and occasion.payment.reference), digests.of_payment
)
PAYMENT_TO_CHECK = Thing(
    _("Look at the payment"),
    _of("admin:payments_payment_change", lambda occasion: occasion.payment and occasion.payment.pk),
    digests.of_payment,
)
VENDOR_TO_REVIEW = Thing(_("Review the papers"), _of("admin:vendors_vendor_change", _vendor))
APPLICATION = Thing(_("See your application"), _application)
DOCUMENTS = Thing(_("Send the new document"), _always("vendors:documents"))
OWN_PRODUCTS = Thing(_("List your products"), _always("catalog:own_products"))
OWN_PRODUCT = Thing(_("Open the product"), _of("catalog:own_product", lambda occasion: occasion.product and occasion.product.reference))
IMPORT = Thing(_("See the result"), _of("catalog:import", lambda occasion: occasion.import_ and occasion.import_.pk))
PRODUCTS = Thing(_("Find products"), _always("catalog:products"))
OVERVIEW = Thing(_("Go to your overview"), _always("dashboard:dashboard"))
AQAD = Thing(_("Go to AQAD"), _always(START))
PASSWORD = Thing(_("Choose your password"), _password)
EMAIL = Thing(_("Confirm the e-mail"), _email)
DEVICES = Thing(_("See where you are signed in"), _always("accounts:devices"))
SECOND_FACTOR = Thing(_("Look at your second factor"), _always("accounts:second_factor"))
FORGOTTEN = Thing(_("Choose a new password"), _always("accounts:forgotten"))
ACCOUNT = Thing(_("Look at your account"), _always("accounts:account"))
