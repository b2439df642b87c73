"""What every gateway can do, and the few answers that it can give. Adapters know their bank, nothing of our payments."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from aqad.core.money import ZERO


class Kind(StrEnum):
    """What is true of a charge, as far as the bank says."""

    SUCCEEDED = "succeeded"
    DECLINED = "declined"
    REQUIRES_ACTION = "requires_action"  # the payer must approve at `redirect_url`
    PROCESSING = "processing"  # the bank knows of it and has not made up its mind
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"  # the bank did not answer: anything may be true
    NOT_FOUND = "not_found"  # the bank knows of nothing under this key
    UNUSABLE = "unusable"  # the bank does not know the payment method; nothing was taken


@dataclass(frozen=True, slots=True)
class Order:
    """What the bank is asked to take: `amount` AED, under a key that stays the same for ever."""

    key: str
    amount: Decimal
    token: str
    description: str
    return_url: str


@dataclass(frozen=True, slots=True)
class Charge:
    """Which charge is meant: by our key, and by the bank's reference once it has told one (else empty)."""

    key: str
    reference: str
    asked_at: datetime
    is_sought: bool = False  # among all that the bank has: if it has no reference all the same, it is not there


@dataclass(frozen=True, slots=True)
class Outcome:
    """`amount` is what was taken, in AED."""

    kind: Kind
    reference: str = ""
    amount: Decimal = ZERO
    decline_code: str = ""
    redirect_url: str = ""


@dataclass(frozen=True, slots=True)
class RefundOutcome:
    """Done with the bank's `reference`, refused for good with a `refusal` code, or (both empty) not known: to be tried again."""

    reference: str = ""
    refusal: str = ""

    @property
    def is_known(self) -> bool:
        return bool(self.reference or self.refusal)


@dataclass(frozen=True, slots=True)
class Message:
    """A verified webhook. It says only *about what*; what is true is asked afterwards."""

    message_id: str
    kind: str
    key: str = ""
    reference: str = ""
    needs_a_person: bool = False


@dataclass(frozen=True, slots=True)
class BookedCharge:
    """A charge in the bank's own book: the `amount` AED it took, under the key it was asked with."""

    key: str
    reference: str
    amount: Decimal
    at: datetime


@dataclass(frozen=True, slots=True)
class BookedRefund:
    """A refund in the bank's own book; `key` is empty when somebody made it at the bank, `charge` is the charge's reference there."""

    key: str
    reference: str
    charge: str
    amount: Decimal
    at: datetime


@dataclass(frozen=True, slots=True)
class Book:
    """What the bank took and gave back for us."""

    charges: Sequence[BookedCharge]
    refunds: Sequence[BookedRefund]


class NoAnswer(Exception):
    """The bank did not answer, or not in a way that says what it did. `is_away` when the next call would fare no better."""

    def __init__(self, why: str, *, is_away: bool = True) -> None:
        self.is_away = is_away
        super().__init__(why)


class BadSignature(Exception):
    """The message was not signed by the bank, or too long ago."""


class Gateway(ABC):
    """One bank. Every call may raise NoAnswer; a repeated key gets the first charge or refund again."""

    name: str

    @abstractmethod
    def knows(self, token: str) -> bool:
        """Whether `token` can be a payment method of this bank, without asking it."""

    @abstractmethod
    def charge(self, order: Order) -> Outcome: ...

    @abstractmethod
    def retrieve(self, charge: Charge) -> Outcome:
        """What is true of this charge now."""

    def seek(self, charges: Sequence[Charge]) -> list[Charge]:
        """Those of them that can be asked about now. A bank that cannot be asked by our key looks for all without a reference at once."""
        return list(charges)

    @abstractmethod
    def cancel(self, charge: Charge) -> Outcome:
        """End the charge unless the money is taken already; the outcome says which of them is true now."""

    @abstractmethod
    def refund(self, *, key: str, charge: Charge, amount: Decimal) -> RefundOutcome: ...

    @abstractmethod
    def parse_webhook(self, raw: bytes, headers: Mapping[str, str]) -> Message | None:
        """The message in these bytes; None when it is genuine and of no interest. Raises BadSignature."""

    def book_since(self, moment: datetime) -> Book:
        """All charges that took money and all refunds since then. A bank that cannot list them does not answer."""
        raise NoAnswer(f"{self.name} has no list of its charges", is_away=False)
