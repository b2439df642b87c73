"""What must always hold of companies and of those who sign in (A1 of the promise); each check names the rows for which it does not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from uuid import UUID

from aqad.accounts.models import Company, TokenFamily
from aqad.accounts.statuses import TRANSITIONS, CompanyStatus
from aqad.audit.models import Event

# What begins a company's record, and the state it begins in.
REGISTERED: dict[str, str] = {
    "vendors.registered": CompanyStatus.PENDING,
    "retailers.registered": CompanyStatus.ACTIVE,
    "deliveries.partner_created": CompanyStatus.ACTIVE,
}
MOVED = ("vendors.approved", "vendors.rejected", "vendors.resubmitted", "accounts.company_suspended", "accounts.company_reinstated")


def company_states_are_on_record() -> list[str]:
    """Each step starts where the last one ended and is an allowed one; the state is the last step's."""
    wrong: list[str] = []
    stands: dict[str, str] = {}
    events = Event.objects.filter(verb__in=[*REGISTERED, *MOVED]).order_by("pk").values_list("subject", "verb", "facts")
    for reference, verb, facts in events.iterator():
        if verb in REGISTERED:
            stands[reference] = REGISTERED[verb]
            continue
        before, after = str(facts.get("before", "")), str(facts.get("after", ""))
        known = stands.get(reference, before)
        if before != known or after not in TRANSITIONS.get(before, frozenset()):
            wrong.append(f"{reference}: {verb} from {before} to {after} while {known}")
        stands[reference] = after
    for company in Company.objects.filter(reference__in=stands).order_by("pk"):
        recorded = stands[str(company.reference)]
        if recorded != company.status:
            wrong.append(f"{company.reference}: is {company.status}, its record says {recorded}")
    return wrong


def sign_ins_are_on_record_once() -> list[str]:
    """No two events speak of one sign-in, and each speaks of the person whose it was."""
    events = Event.objects.filter(verb="accounts.signed_in").order_by("pk").values_list("subject", "facts")
    told = [(facts["family"], subject) for subject, facts in events.iterator() if "family" in facts]
    times = Counter(family for family, _ in told)
    owners = {pk: f"user:{user}" for pk, user in TokenFamily.objects.values_list("pk", "user")}
    return [
        *(f"sign-in {family}: {number} times on record" for family, number in times.items() if number > 1),
        *(f"sign-in {family}: of {subject} on record" for family, subject in told if owners.get(UUID(family), subject) != subject),
    ]


INVARIANTS: dict[str, Callable[[], list[str]]] = {
    "A1 companies' states are on record": company_states_are_on_record,
    "A1 sign-ins are on record once": sign_ins_are_on_record_once,
}
