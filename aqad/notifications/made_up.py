"""A small trade that never happened, for samples of what people are told. Nothing of it is ever saved."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from aqad.accounts.models import Company, EmailChange, Membership, TokenFamily, User
from aqad.accounts.statuses import CompanyKind, CompanyStatus, Position
from aqad.audit.models import Event
from aqad.core import clock, money
from aqad.notifications.subjects import Known, Occasion
from aqad.retailers.models import Retailer
from catalog.models import Product, ProductImport
from deliveries.models import Delivery, DeliveryPartner
from orders.models import Order, OrderLine
from orders.statuses import OrderStatus
from payments.models import Payment
from payments.statuses import Method, PaymentStatus
from vendors.models import Vendor, VendorDocument
from vendors.statuses import DocumentType

NUMBER = 1001  # of everything
GOODS = [
    (_("Orange juice 1 l"), "12 x 1 l", "54.00"),
    (_("Basmati rice 5 kg"), "4 x 5 kg", "96.50"),
    (_("Still water"), "24 x 330 ml", "11.25"),
]
LINES = 12
FAMILY = "00000000-0000-4000-8000-000000000000"
AGENT = "Mozilla/5.0 (Linux; Android 15) Chrome/130.0"

# What an event of this verb is about, where its first word does not say so, and what it states.
SUBJECTS = {
    "orders": f"ORD{NUMBER}",
    "payments": f"PAY{NUMBER}",
    "deliveries": f"DEL{NUMBER}",
    "vendors": f"V{NUMBER}",
    "retailers": f"R{NUMBER}",
    "accounts.company_suspended": f"R{NUMBER}",
    "accounts.company_reinstated": f"R{NUMBER}",
    "accounts": f"user:{NUMBER}",
    "vendors.document_rejected": f"vendordocument:{NUMBER}",
    "vendors.document_expiring": f"vendordocument:{NUMBER}",
    "catalog.stock_low": f"P{NUMBER}",
    "catalog.import_finished": f"productimport:{NUMBER}",
}
FACTS: dict[str, dict[str, Any]] = {
    "payments.refunded": {"amount": "96.50"},
    "payments.money_alert": {"reason": "outcome_unknown"},
    "catalog.stock_low": {"available": 7},
    "accounts.new_device": {"family": FAMILY},
    "accounts.recovery_code_used": {"left": 9},
}


class MadeUp(Known):
    """What made-up events speak of, each under the same number; `reader` is to be told."""

    def __init__(self, method: str = Method.CARD) -> None:
        super().__init__([])
        self.reader = User(pk=NUMBER, email="reader@example.com", name=_("Sample Reader"))
        vendor, retailer = self._vendor(), self._retailer()
        order = self._order(vendor, retailer, method)
        product = Product(pk=NUMBER, vendor=vendor, name=GOODS[0][0])
        partner = DeliveryPartner(pk=NUMBER, company=_company(CompanyKind.DELIVERY, f"D{NUMBER}", _("Sample Carriers")))
        self.orders, self.payments = {NUMBER: order}, {NUMBER: order.payment}
        self.paid_for = defaultdict(list, {NUMBER: [order.reference]})
        self.deliveries = {NUMBER: Delivery(pk=NUMBER, order=order, partner=partner, driver=self.reader)}
        self.products = {NUMBER: product}
        self.companies = {company.reference or "": company for company in (vendor.company, retailer.company)}
        self.people = {NUMBER: self.reader}
        self.families = {FAMILY: TokenFamily(agent=AGENT, address="203.0.113.7")}
        self.email_changes = {NUMBER: EmailChange(user=self.reader, email="new.address@example.com")}
        self.documents = {NUMBER: self._document(vendor)}
        self.imports = {NUMBER: ProductImport(pk=NUMBER, vendor=vendor, user=self.reader, filename="prices.csv", created=48, failed=2)}
        Membership(user=self.reader, company=retailer.company, role=Position.OWNER)

    def occasion(self, verb: str) -> Occasion:
        subject = SUBJECTS.get(verb) or SUBJECTS[verb.partition(".")[0]]
        about = f"ORD{NUMBER}" if verb.startswith("deliveries.") else ""
        return Occasion(Event(pk=0, verb=verb, subject=subject, about=about, facts=FACTS.get(verb, {}), at=clock.now()), self)

    def _vendor(self) -> Vendor:
        company = _company(CompanyKind.VENDOR, f"V{NUMBER}", _("Sample Foods LLC"))
        address = {"pickup_line1": _("Warehouse 12, Street 4"), "pickup_area": "Al Quoz", "pickup_emirate": "Dubai"}
        return Vendor(pk=NUMBER, company=company, **address)

    def _retailer(self) -> Retailer:
        return Retailer(pk=NUMBER, company=_company(CompanyKind.RETAILER, f"R{NUMBER}", _("Sample Supermarket")))

    def _document(self, vendor: Vendor) -> VendorDocument:
        expires_on = clock.today() + timedelta(days=30)
        reason = _("The second page is missing.")
        return VendorDocument(pk=NUMBER, vendor=vendor, type=DocumentType.TRADE_LICENSE, expires_on=expires_on, reason=reason)

    def _order(self, vendor: Vendor, retailer: Retailer, method: str) -> Order:
        lines = [_line(number) for number in range(LINES)]
        subtotal, vat = money.total(line.line_total for line in lines), money.total(line.vat for line in lines)
        self.lines = defaultdict(list, {NUMBER: lines})
        is_card, now = method == Method.CARD, clock.now()
        payment = Payment(
            pk=NUMBER,
            payer=retailer.company,
            method=method,
            status=PaymentStatus.PAID if is_card else PaymentStatus.UNPAID,
            amount=subtotal + vat,
            amount_paid=subtotal + vat if is_card else money.ZERO,
            pay_by=now + timedelta(minutes=30),
        )
        return Order(
            pk=NUMBER,
            vendor=vendor,
            retailer=retailer,
            payment=payment,
            status=OrderStatus.PENDING,
            reason=_("Two of the products are sold out."),
            vendor_name=vendor.company.name,
            retailer_name=retailer.company.name,
            subtotal=subtotal,
            vat=vat,
            total=subtotal + vat,
            address={"line1": _("Shop 3, Sample Street 12"), "area": "Al Wasl", "emirate": "Dubai"},
            accept_by=now + timedelta(hours=48),
        )


def _company(kind: str, reference: str, name: str) -> Company:
    reason = _("The trade licence cannot be read.")
    return Company(pk=NUMBER, kind=kind, reference=reference, name=name, phone="+97140000000", status=CompanyStatus.ACTIVE, reason=reason)


def _line(number: int) -> OrderLine:
    name, pack, price = GOODS[number % len(GOODS)]
    quantity = 10 + number
    total = money.line_total(Decimal(price), quantity)
    return OrderLine(quantity=quantity, name=name, unit="carton", pack_size=pack, line_total=total, vat=money.vat_on(total, Decimal(5)))
