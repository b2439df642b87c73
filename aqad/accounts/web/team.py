"""The company's people: who they are, inviting, removing."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.request import Request

from aqad.accounts.actions import people
from aqad.accounts.api.permissions import ManagerPermission
from aqad.accounts.api.serializers import Invitation
from aqad.accounts.models import Membership
from aqad.accounts.querysets import team_of, visible_to
from aqad.accounts.statuses import POSITIONS_OF_KIND, CompanyKind, Position
from aqad.core.errors import NotFound, Refusal
from aqad.core.idempotency import Answer
from aqad.core.views import find_by_id
from aqad.core.web import Page

TEMPLATE = "accounts/team.html"
TRADING = gettext_lazy("A member does the daily work; an owner also invites and removes people and changes the company's profile.")
ROLE_HINTS = {
    CompanyKind.VENDOR: TRADING,
    CompanyKind.RETAILER: TRADING,
    CompanyKind.DELIVERY: gettext_lazy("A driver sees and does their own deliveries; a dispatcher assigns them and manages people."),
}


class TeamPage(Page):
    roles = {"*": ("vendor", "retailer", "delivery")}
    permission_classes = [ManagerPermission]
    for_managers = ("*",)

    def list(self, request: Request) -> HttpResponse:
        return self.show(TEMPLATE, **self._context())

    def invite(self, request: Request) -> HttpResponseBase:
        return self.attempt(self._invite, otherwise=lambda refusal: self.show_again(TEMPLATE, refusal, **self._context()))

    def remove(self, request: Request, user_id: str) -> HttpResponseBase:
        membership = team_of(self.actor).filter(user=find_by_id(visible_to(self.actor), user_id)).first()
        if membership is None:
            raise NotFound
        return self.attempt(lambda: self._remove(membership), otherwise=self._keep)

    def _invite(self) -> HttpResponse:
        def work() -> Answer:
            body = self.read_form(Invitation)  # in here, since a repeated form finds its e-mail taken by the first
            people.invite_member(company=self.actor.company, **body, actor=self.actor)
            return Answer(201, body)

        said = self.once(work).data
        self.say(_("%(name)s is invited; a mail with a link to set a password is on its way to %(email)s.") % said)
        return self.go(reverse("accounts:team"))

    def _remove(self, membership: Membership) -> HttpResponse:
        def work() -> Answer:
            people.remove_member(membership, actor=self.actor)
            return Answer(204)

        self.once(work)
        self.say(_("%(name)s is removed and signed out everywhere.") % {"name": membership.user.name})
        return self.go(reverse("accounts:team"))

    def _keep(self, refusal: Refusal) -> HttpResponse:
        self.say(refusal.message, good=False)
        return self.go(reverse("accounts:team"))

    def _context(self) -> dict[str, Any]:
        kind = self.actor.company.kind
        positions = [(code, Position(code).label) for code in POSITIONS_OF_KIND[kind]]
        return {**self.rows(team_of(self.actor)), "positions": positions, "usual": positions[-1][0], "role_hint": ROLE_HINTS[kind]}
