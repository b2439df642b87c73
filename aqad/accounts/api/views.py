"""Signing in and out, the own account, the own team, and all users for staff."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from aqad.accounts.actions import passwords, people, sessions, users
from aqad.accounts.actions.signing_in import account_key, sign_in
from aqad.accounts.api import serializers as shapes
from aqad.accounts.api.permissions import ManagerPermission
from aqad.accounts.authentication import NoAuthentication
from aqad.accounts.devices import device_of
from aqad.accounts.models import Membership, TokenFamily, User
from aqad.accounts.querysets import NEWEST, find_session, in_force_of, team_of, visible_to, with_role
from aqad.core import limits
from aqad.core.bodies import EmptyBody
from aqad.core.errors import FieldErrors, Invalid, NotFound
from aqad.core.idempotency import Answer
from aqad.core.permissions import ROLES
from aqad.core.references import canonical
from aqad.core.schema import page_of
from aqad.core.views import ANYONE, SIGNED_IN, Door, find_by_id


class SignInDoor(Door):
    """Opens whatever stale token the client still sends."""

    roles = {"*": (ANYONE,)}
    authentication_classes = [NoAuthentication]

    @extend_schema(request=shapes.SignIn, responses=shapes.SignedIn)
    def login(self, request: Request) -> Response:
        """Sign in with e-mail and password, and with `otp` where the account has a second factor (else 403 `otp_required`).

        `otp` is a code of the authenticator app or a recovery code; each works once. Five failures in fifteen minutes close an
        account to an address.
        """
        body = self.read(shapes.SignIn)
        address, device = limits.address_key(request._request), device_of(request._request)
        user, pair = sign_in(**body, device=device, address=address, actor=self.actor)
        return Response({**pair, "user": shapes.OwnAccount(user).data})

    @extend_schema(request=shapes.RefreshToken, responses=shapes.TokenPair)
    def refresh(self, request: Request) -> Response:
        """Exchange a refresh token for a new pair; the old one is dead. Reused later than ten seconds it ends the whole family."""
        limits.hit(limits.REFRESH, f"address:{limits.address_key(request._request)}", request._request)
        return Response(sessions.refresh(self.read(shapes.RefreshToken)["refresh"], actor=self.actor))

    @extend_schema(request=shapes.RefreshToken, responses={204: None})
    def logout(self, request: Request) -> Response:
        """Sign out: all tokens that grew out of this sign-in end, access tokens too."""
        sessions.sign_out(self.read(shapes.RefreshToken)["refresh"], actor=self.actor)
        return Response(status=204)

    @extend_schema(request=shapes.PasswordReset, responses={202: None})
    def reset_password(self, request: Request) -> Response:
        """Mail a link for a new password. The answer is the same whether the e-mail is known or not."""
        email = self.read(shapes.PasswordReset)["email"]
        limits.hit(limits.PASSWORD_RESET, f"account:{account_key(email)}", request._request)
        passwords.request_reset(email, actor=self.actor)
        return Response(status=202)

    @extend_schema(request=shapes.PasswordResetConfirm, responses={204: None})
    def confirm_reset(self, request: Request) -> Response:
        """Set the password with the token of a mailed link, which works once."""
        passwords.confirm_reset(**self.read(shapes.PasswordResetConfirm), actor=self.actor)
        return Response(status=204)


class OwnAccountDoor(Door):
    roles = {"*": (SIGNED_IN,)}

    @extend_schema(responses=shapes.OwnAccount)
    def retrieve(self, request: Request) -> Response:
        """Who is signed in, and for which company."""
        return Response(shapes.OwnAccount(self.actor.user).data)

    @extend_schema(request=shapes.OwnChanges, responses=shapes.OwnAccount)
    def partial_update(self, request: Request) -> Response:
        """Change the own name, phone or language."""
        changes = self.read(shapes.OwnChanges, partial=True)
        user = self.actor.user
        return self.once(lambda: Answer(200, shapes.OwnAccount(users.change_own(user, changes=changes, actor=self.actor)).data))

    @extend_schema(request=shapes.PasswordChange, responses={204: None})
    def change_password(self, request: Request) -> Response:
        """Set a new password. All tokens and sessions end, this one too."""
        body = self.read(shapes.PasswordChange)
        passwords.change_password(self.actor.user, **body, address=limits.address_key(request._request), actor=self.actor)
        return Response(status=204)


class SessionDoor(Door):
    roles = {"*": (SIGNED_IN,)}

    @extend_schema(responses=page_of(shapes.SessionShown), parameters=page_of.parameters)
    def list(self, request: Request) -> Response:
        """Where the caller is signed in: browsers' sessions and tokens, newest first."""
        context = {"actor": self.actor}
        rows = in_force_of(self.actor.user)
        return self.page(rows, order=NEWEST, show=lambda page: shapes.SessionShown(page, many=True, context=context).data)

    @extend_schema(responses={204: None})
    def end_others(self, request: Request) -> Response:
        """Sign the caller out everywhere else, at once."""
        return self.once(self._end_others)

    @extend_schema(responses={204: None}, parameters=[OpenApiParameter("session_id", str, OpenApiParameter.PATH)])
    def destroy(self, request: Request, session_id: str) -> Response:
        """Sign one device out, at once: its access token ends too."""
        family = find_session(self.actor.user, session_id)
        return self.once(lambda: self._end(family))

    def _end_others(self) -> Answer:
        sessions.end_others(self.actor.user, actor=self.actor)
        return Answer(204)

    def _end(self, family: TokenFamily) -> Answer:
        sessions.end_one(family, actor=self.actor)
        return Answer(204)


class TeamDoor(Door):
    roles = {"*": ("vendor", "retailer", "delivery")}
    permission_classes = [ManagerPermission]
    for_managers = ("*",)

    @extend_schema(responses=page_of(shapes.TeamMember), parameters=page_of.parameters)
    def list(self, request: Request) -> Response:
        """The company's people, newest first."""
        return self.page(team_of(self.actor), show=lambda rows: shapes.TeamMember(rows, many=True).data)

    @extend_schema(request=shapes.Invitation, responses={201: shapes.TeamMember})
    def create(self, request: Request) -> Response:
        """Invite a person, who sets a password by a mailed link. `role` is owner or member, in a delivery partner dispatcher or driver."""
        body = self.read(shapes.Invitation)
        return self.once(lambda: Answer(201, self._invite(body)))

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, user_id: str) -> Response:
        """Remove a person, who can do nothing from this moment on. The last one in charge stays (409)."""
        membership = team_of(self.actor).filter(user=find_by_id(visible_to(self.actor), user_id)).first()
        if membership is None:
            raise NotFound
        return self.once(lambda: self._remove(membership))

    def _invite(self, body: dict[str, str]) -> Any:
        person = people.invite_member(company=self.actor.company, **body, actor=self.actor)
        return shapes.TeamMember(Membership.objects.select_related("user").get(user=person)).data

    def _remove(self, membership: Membership) -> Answer:
        people.remove_member(membership, actor=self.actor)
        return Answer(204)


FILTERS = [
    OpenApiParameter("role", str, enum=list(ROLES)),
    OpenApiParameter("company", str, description="A reference: V1001, R2001, D3001."),
    OpenApiParameter("is_active", bool),
    OpenApiParameter("email", str, description="The whole e-mail."),
]


class UserDoor(Door):
    roles = {"*": ("staff",)}

    @extend_schema(responses=page_of(shapes.UserShown), parameters=[*FILTERS, *page_of.parameters])
    def list(self, request: Request) -> Response:
        """Everybody, newest first."""
        rows = self._filtered(visible_to(self.actor))
        return self.page(rows, filters=("role", "company", "is_active", "email"), show=lambda page: shapes.UserShown(page, many=True).data)

    @extend_schema(responses=shapes.UserShown)
    def retrieve(self, request: Request, user_id: str) -> Response:
        return Response(shapes.UserShown(find_by_id(visible_to(self.actor), user_id)).data)

    @extend_schema(request=EmptyBody, responses=shapes.UserShown)
    def deactivate(self, request: Request, user_id: str) -> Response:
        """Shut a person out at once, before any token expires."""
        return self._move(user_id, lambda user: users.deactivate(user, actor=self.actor))

    @extend_schema(request=EmptyBody, responses=shapes.UserShown)
    def reactivate(self, request: Request, user_id: str) -> Response:
        """Let a person sign in again."""
        return self._move(user_id, lambda user: users.reactivate(user, actor=self.actor))

    def _move(self, user_id: str, action: Callable[[User], User]) -> Response:
        user = find_by_id(visible_to(self.actor), user_id)
        self.read(EmptyBody)
        return self.once(lambda: Answer(200, shapes.UserShown(action(user)).data))

    def _filtered(self, rows: QuerySet[User]) -> QuerySet[User]:
        query, wrong = self.request.query_params, FieldErrors()
        if (role := query.get("role")) is not None:
            if role not in ROLES:
                wrong["role"] = [_("One of %(known)s is expected.") % {"known": ", ".join(ROLES)}]
            rows = with_role(rows, role)
        if (reference := query.get("company")) is not None:
            if canonical(reference) is None:
                wrong["company"] = [_("A reference such as V1001 is expected.")]
            rows = rows.filter(membership__company__reference=canonical(reference))
        if (active := query.get("is_active")) is not None:
            if active not in {"true", "false"}:
                wrong["is_active"] = [_("true or false is expected.")]
            rows = rows.filter(is_active=active == "true")
        if (email := query.get("email")) is not None:
            rows = rows.filter(email=email.lower().replace("\x00", ""))
        if wrong:
            raise Invalid(wrong)
        return rows
