"""The README's lines are run as they are pasted: bash and curl against a real server."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from django.contrib.auth.hashers import make_password

from tests import cast
from tests.factories.goods import ProductFactory
from tests.factories.people import AddressFactory, RetailerFactory, VendorFactory
from tests.races.servers import serving

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "Demo-Carton-24"
BASH = re.compile(r"^## The API in ten lines$.*?^```bash$\n(.*?)^```$", re.DOTALL | re.MULTILINE)


@pytest.mark.alone
@pytest.mark.django_db(transaction=True)
def test_the_api_in_ten_lines_works_when_pasted() -> None:
    assert shutil.which("bash"), "This test needs bash."
    assert shutil.which("curl"), "This test needs curl."
    _the_demos_cast()
    lines = BASH.search((ROOT / "README.md").read_text())
    assert lines, "The README has no such block any more."
    with serving(workers=1) as server:
        environment = {**os.environ, "AQAD": server.url, "AQAD_DEMO_PASSWORD": PASSWORD}
        # Each line must succeed by itself, also one in the middle of a pipe.
        pasted = subprocess.run(
            ["bash", "-exuo", "pipefail", "-c", lines[1]], env=environment, capture_output=True, text=True, timeout=60, check=False
        )
    assert pasted.returncode == 0, pasted.stdout + pasted.stderr
    paid, processing, *history = pasted.stdout.splitlines()
    assert (paid, processing) == ("paid", "processing")
    assert re.findall(r'"verb": "(\w+)"', "\n".join(history)) == ["placed", "paid", "accepted"]


def _the_demos_cast() -> None:
    password = make_password(PASSWORD)
    ahmed = cast.member(VendorFactory(company__name="Ahmed Foods LLC"), email="ahmed@ahmedfoods.test", password=password)
    fatima = cast.member(RetailerFactory(company__name="Fresh Mart Supermarket"), email="fatima@freshmart.test", password=password)
    AddressFactory(retailer=fatima.of)
    ProductFactory(vendor=ahmed.of, on_hand=500)
