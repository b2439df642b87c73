"""All faults, one after the other, each several times while trade goes on; then judged. And a control that must be found guilty."""

from __future__ import annotations

import json
import platform
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from tests.faults.site import Site, until
from tests.faults.strikes import FAULTS, Fault
from tests.faults.trading import PAUSE, Trade
from tests.proof.recorder import FAIL, OK, UNKNOWN, Recorder
from tests.proof.tables import Bar, markdown

HEADINGS = ("fault", "expected", "times", "ok", "fail", "unknown", "violations", "AED off", "seconds to recover: median", "worst")
CONTROL = "control: a placed order's record is removed, a charge is doubled at the bank, by nobody's call"
MOST_SECONDS = 30.0
WARM = 1.5  # seconds of trade before each strike
PRODUCTS = 60
SHOWN = 8
CAUGHT_UP = 20  # events, of some ten a second


@dataclass
class Outcome:
    """What became of one fault: its row, and what went wrong."""

    name: str
    times: int = 0
    ok: int = 0
    fail: int = 0
    unknown: int = 0
    violations: list[str] = field(default_factory=list)
    aed: str = "0.00"
    seconds: list[float] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """The control holds by being found guilty of both things that it did."""
        if self.name == CONTROL:
            return any("happened 0 times" in line for line in self.violations) and self.aed not in {"0.00", "?"}
        return not self.violations


def prove(
    times: int, *, only: Sequence[str] = (), rows: Path | None = None, shown: Callable[[str], None] = lambda _: None
) -> tuple[str, bool]:
    """Strike each fault (or those named `only`) so often. The table, and whether every promise held and the control was found guilty.

    Each finished fault is written to `rows` at once, and one that is there already is not struck again; `shown` gets the table so far.
    """
    unknown = [name for name in only if name not in FAULTS]
    if unknown:
        raise SystemExit(f"There is no fault named {', '.join(unknown)}. There are: {', '.join(FAULTS)}.")
    file = rows or Path(tempfile.mkdtemp(prefix="aqad-faults-")) / "rows.jsonl"
    done = _known(file)
    print(f"Rows, and the calls of each fault: {file.parent}", flush=True)
    with _sites() as (site_of, leave):
        for name in (*(only or FAULTS), CONTROL):
            if name in done:
                continue
            done[name] = control(site_of(), file.parent) if name == CONTROL else strike(site_of(), name, times, file.parent)
            with file.open("a") as out:
                out.write(json.dumps(asdict(done[name])) + "\n")
            if done[name].violations:
                leave()  # no fault is blamed for another's
            shown(table(done))
    return table(done), all(outcome.holds for outcome in done.values())


def strike(site: Site, name: str, times: int, folder: Path) -> Outcome:
    """One fault, so many times while trade goes on; judged when all is quiet again."""
    fault, seen = FAULTS[name], Outcome(name)
    bar = Bar(name, times)
    with trading(site, folder / f"{name}.jsonl", pause=fault.pause) as (trade, judged):
        for _ in range(times):
            time.sleep(WARM)
            try:
                if fault.works:
                    until(lambda: _waiting(site) < CAUGHT_UP, 120, "the workers to have caught up with what was before")
                mended = fault.strike(site, trade)
                seen.seconds.append(trade.recovered(mended, pays=fault.pays, works=fault.works))
            except AssertionError as error:
                seen.violations.append(str(error))
            finally:
                site.mend()
            seen.times += 1
            bar.tick()
        judged(seen)
    if fault.spares:
        lost = [one for one in trade.answers if one.outcome == UNKNOWN and one.call.kind != fault.hurts]
        seen.violations += [f"{one.call.kind} {one.call.id} ({one.call.path}) had no answer: {one.status}" for one in lost]
    seen.violations += [f"recovered after {one:.1f} s" for one in seen.seconds if one > MOST_SECONDS]
    _tell(bar, seen)
    return seen


def _waiting(site: Site) -> int:
    """Events that no worker has told of yet."""
    return int(site.sql("SELECT count(*) FROM audit_outbox"))


def control(site: Site, folder: Path) -> Outcome:
    """Trade without any fault; then, behind everybody's back, an order's record is removed and the bank charges somebody twice."""
    seen, bar = Outcome(CONTROL, times=1), Bar("control", 1)
    with trading(site, folder / "control.jsonl") as (trade, judged):
        time.sleep(4 * WARM)
        trade.stop()
        placed = next(answered for answered in trade.answers if answered.call.kind == "order" and answered.outcome == OK)
        site.as_owner("DELETE FROM audit_event WHERE subject = %s AND verb = 'orders.placed'", placed.body["id"])
        site.bank.charge_twice()
        judged(seen)
    _tell(bar, seen)
    return seen


@contextmanager
def trading(site: Site, log: Path, *, pause: float = PAUSE) -> Iterator[tuple[Trade, Callable[[Outcome], None]]]:
    """Trade of new people with new goods; and what judges it once it is over."""
    log.unlink(missing_ok=True)
    since, given = datetime.now(UTC), site.given(shops=6, products=PRODUCTS)
    with Recorder(log) as recorder:
        trade = Trade(site.url, given, recorder, pause=pause).start()

        def judged(seen: Outcome) -> None:
            trade.stop()
            seen.ok, seen.fail, seen.unknown = (recorder.counted[outcome] for outcome in (OK, FAIL, UNKNOWN))
            trade.converge()
            said = json.loads(site.python("-m", "tests.faults.judging", str(log), since.isoformat()).splitlines()[-1])
            seen.violations += [*said["violations"], *_mails_amiss(said["mails"], set(site.mailbox.ids))]
            seen.aed = said["aed"]

        try:
            yield trade, judged
        finally:
            trade.stop()


def _mails_amiss(noted: dict[str, bool], arrived: set[str]) -> Iterator[str]:
    """What is noted as sent arrived, and nothing arrived that nobody knows of."""
    yield from (f"mail {name} is noted as sent and never arrived" for name, is_sent in noted.items() if is_sent and name not in arrived)
    yield from (f"mail {name} is not ours" for name in arrived - noted.keys())


def table(done: dict[str, Outcome]) -> str:
    when = f"{datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()}; trade of five shops and their vendor"
    rows = [_row(done[name]) for name in (*FAULTS, CONTROL) if name in done]
    return f"{markdown(HEADINGS, rows)}\n{when}."


def _row(seen: Outcome) -> list[object]:
    fault: Fault | None = FAULTS.get(seen.name)
    title, expected = (fault.title, fault.expected) if fault else (seen.name, "found guilty of both")
    times = [f"{statistics.median(seen.seconds):.1f}", f"{max(seen.seconds):.1f}"] if seen.seconds else ["", ""]
    return [title, expected, seen.times, seen.ok, seen.fail, seen.unknown, len(seen.violations), seen.aed, *times]


def _tell(bar: Bar, seen: Outcome) -> None:
    counted = f"{seen.ok} ok, {seen.fail} fail, {seen.unknown} unknown; {seen.aed} AED off"
    bar.end(f"{len(seen.violations)} violations; {counted}; recovered in {', '.join(f'{one:.1f}' for one in seen.seconds)} s")
    for line in seen.violations[:SHOWN]:
        print(f"    {line}", flush=True)


def _known(file: Path) -> dict[str, Outcome]:
    lines = file.read_text().splitlines() if file.exists() else []
    return {outcome.name: outcome for outcome in (Outcome(**json.loads(line)) for line in lines)}


@contextmanager
def _sites() -> Iterator[tuple[Callable[[], Site], Callable[[], None]]]:
    """What gives the site at hand, which is made when it is first asked for; and what leaves it, so that the next one is a new one."""
    with ExitStack() as standing:
        at_hand: list[Site] = []

        def site_of() -> Site:
            if not at_hand:
                at_hand.append(standing.enter_context(Site()))
            return at_hand[0]

        def leave() -> None:
            standing.close()
            at_hand.clear()

        yield site_of, leave
