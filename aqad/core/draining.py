"""Whether this server was asked to end: it still answers everybody, but nobody new should be sent here (`aqad.serve` says when)."""

from __future__ import annotations

import os
from pathlib import Path

MARK = "AQAD_DRAINING"  # the environment's name for the file that is there once the server was asked to end


def is_draining() -> bool:
    mark = os.environ.get(MARK)
    return bool(mark) and Path(str(mark)).exists()
