"""`Accept: application/json; version=1`. No version means 1, an unknown one 406, a malformed one 400."""

from __future__ import annotations

import re
from typing import Any

from rest_framework.request import Request
from rest_framework.utils.mediatypes import _MediaType
from rest_framework.versioning import AcceptHeaderVersioning

from aqad.core.errors import Malformed
from aqad.core.rendering import JSONRenderer


class AcceptVersioning(AcceptHeaderVersioning):
    def determine_version(self, request: Request, *args: Any, **kwargs: Any) -> str:
        if request.accepted_media_type == JSONRenderer.media_type:
            return str(self.default_version)
        wanted = _MediaType(request.accepted_media_type or "").params.get(self.version_param)
        if wanted is not None and not re.fullmatch(r"[0-9]{1,5}", wanted.strip(), re.ASCII):
            raise Malformed("The version in the Accept header must be a number.")
        return super().determine_version(request, *args, **kwargs)
