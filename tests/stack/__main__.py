"""The stack by hand: `python -m tests.stack [--webs 3] [--no-replica] [--seed]`, until Ctrl-C."""

from __future__ import annotations

import argparse
import signal
import sys

from tests.stack.stack import PASSWORD, Stack, addresses


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.stack", description=__doc__)
    parser.add_argument("--webs", type=int, default=2)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--no-replica", action="store_true")
    parser.add_argument("--seed", action="store_true", help="with the demo's companies, products and orders")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with Stack(webs=options.webs, workers=options.workers, replica=not options.no_replica) as stack:
        if options.seed:
            stack.manage("seed_demo")
        else:
            stack.given()
        print(f"{addresses(stack)}\nstaff@aqad.test signs in with {PASSWORD}. Ctrl-C ends everything.", flush=True)
        try:
            signal.pause()
        except KeyboardInterrupt:
            print("Ending.")


if __name__ == "__main__":
    main()
