"""nginx with the configuration that is shipped, filled in for a temporary folder."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from tests.stack.parts import ROOT, dev

SHIPPED = ROOT / "deploy" / "nginx"


def write(home: Path, *, listen: str, servers: list[str], static: Path, media: Path) -> list[str]:
    """Fill the template in below `home`; gives the command that runs nginx on it. Raises Unavailable where there is none."""
    nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if nginx is None:
        raise dev.Unavailable("there is no nginx: install one (Debian: `apt install nginx-light`).")
    extras, state = home / "extras", home / "state"
    for folder in (extras, state):
        folder.mkdir(parents=True)
    if has_brotli():
        shutil.copy(SHIPPED / "brotli.conf", extras / "http-brotli.conf")
    values = {
        "AQAD_LISTEN": listen,
        "AQAD_UPSTREAMS": "\n        ".join(servers),
        "AQAD_FORWARDED_PROTO": "$scheme",
        "AQAD_NGINX_USER": "root" if os.geteuid() == 0 else "nobody",
        "AQAD_NGINX_STATE": str(state),
        "AQAD_NGINX_EXTRAS": str(extras),
        "AQAD_NGINX_ERRORS": str(SHIPPED / "errors"),
        "AQAD_STATIC": str(static),
        "AQAD_MEDIA": str(media),
        "AQAD_ACCESS_LOG": str(home / "access.log"),
    }
    text = (SHIPPED / "nginx.conf.template").read_text()
    for name, value in values.items():
        text = text.replace(f"${{{name}}}", value)
    written = home / "nginx.conf"
    written.write_text(text)
    return [nginx, "-e", "stderr", "-c", str(written), "-g", "daemon off;"]


def has_brotli() -> bool:
    return any("brotli" in path.name for path in Path("/etc/nginx/modules-enabled").glob("*.conf"))
