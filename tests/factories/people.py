"""Valid companies and people. Factories make rows and call no action."""

from __future__ import annotations

from datetime import timedelta
from functools import cache

import factory
from django.contrib.auth.hashers import make_password

from aqad.accounts.models import Company, Membership, SecondFactor, TokenFamily, User
from aqad.accounts.sealing import seal
from aqad.core import clock
from aqad.retailers.models import Address, Retailer
from deliveries.models import DeliveryPartner
from vendors.models import Vendor

PASSWORD = "Carton-330ml-Pepsi"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # of everybody's authenticator app


@cache
def hashed_password() -> str:
    return make_password(PASSWORD)


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User

    email = factory.Sequence(lambda n: f"person{n}@shop.test")
    name = factory.Sequence(lambda n: f"Person {n}")
    phone = "+971501234567"
    password = factory.LazyFunction(hashed_password)


class CompanyFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Company

    name = factory.Sequence(lambda n: f"Company {n} LLC")
    status = "active"
    phone = "+97142223344"


class _OfCompany(factory.django.DjangoModelFactory):
    class Meta:
        abstract = True

    @factory.post_generation
    def named(self, create: bool, extracted: object, **kwargs: object) -> None:
        self.company.reference = self.reference
        self.company.save(update_fields=["reference"])


class VendorFactory(_OfCompany):
    class Meta:
        model = Vendor
        skip_postgeneration_save = True

    company = factory.SubFactory(CompanyFactory, kind="vendor")
    pickup_line1 = "Al Quoz Industrial 3, Warehouse 12"
    pickup_area = "Al Quoz"
    pickup_emirate = "Dubai"


class RetailerFactory(_OfCompany):
    class Meta:
        model = Retailer
        skip_postgeneration_save = True

    company = factory.SubFactory(CompanyFactory, kind="retailer")


class DeliveryPartnerFactory(_OfCompany):
    class Meta:
        model = DeliveryPartner
        skip_postgeneration_save = True

    company = factory.SubFactory(CompanyFactory, kind="delivery")
    emirates = ["Dubai", "Sharjah"]


class MembershipFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    role = "owner"


class AddressFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Address

    label = "Main store"
    line1 = "Al Wasl Road 12"
    area = "Al Wasl"
    emirate = "Dubai"


class TokenFamilyFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = TokenFamily

    expires_at = factory.LazyFunction(lambda: clock.now() + timedelta(days=7))
    version = factory.SelfAttribute("user.token_version")


class SecondFactorFactory(factory.django.DjangoModelFactory):
    """One that is on."""

    class Meta:
        model = SecondFactor

    secret = factory.LazyFunction(lambda: seal(SECRET))
    confirmed_at = factory.LazyFunction(clock.now)
