"""From where somebody signs in: the network address and, in plain words, the device."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from aqad.accounts.models import AGENT_LENGTH
from aqad.core.limits import client_address

# The first that a browser names itself by counts: most also name others that they behave like.
BROWSERS = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox/", "Firefox"), ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
)  # fmt: skip
SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS X", "Mac"), ("CrOS", "Chromebook"),
    ("Linux", "Linux"),
)  # fmt: skip
PROGRAM = re.compile(r"[A-Za-z][A-Za-z0-9 ._-]{0,39}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Device:
    """`agent` as it named itself, `address` of the network it came from."""

    agent: str = ""
    address: str = ""


def device_of(request: Any) -> Device:
    """Of a Django request."""
    agent = "".join(letter for letter in request.META.get("HTTP_USER_AGENT", "") if letter.isprintable())
    return Device(agent[:AGENT_LENGTH], client_address(request))


def in_words(agent: str) -> str:
    """`Chrome on Android`; for a program the name it goes by."""
    browser, system = parts_of(agent)
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("An unknown device")


def parts_of(agent: str) -> tuple[str, str]:
    """Browser (or program) and system by name, whatever their versions; empty where that is not known."""
    browser = next((name for sign, name in BROWSERS if sign in agent), "")
    system = next((name for sign, name in SYSTEMS if sign in agent), "")
    program = PROGRAM.match(agent.partition("/")[0]) if not (browser or system) else None
    return browser or (program[0].strip() if program else ""), system


def mark_of(device: Device) -> str:
    """By which a device and address are known again; a new version of a browser is the same device."""
    return salted_hmac("accounts.known_device", "|".join((*parts_of(device.agent), device.address)), algorithm="sha256").hexdigest()
