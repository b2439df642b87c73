"""Others that AQAD is measured against, on the same groceries: a shop of django-oscar's, an Express tutorial's order, PostgreSQL alone.

    python -m tests.load.peers --products 100000 [--seconds 5] [--folder FOLDER]
    python -m tests.load.peers --products 100000 --drop

Each has a database of its own on DATABASE_URL's server, made from aqad_load_N (warehouse.py) and kept, as is what is installed in
FOLDER. Needs wrk, pgbench, node with npm, and the registries of PyPI and npm the first time.

A measurement of AQAD's takes its peers from here:

    with peers.serving_oscar(100_000) as url:
        wrk(url + peers.OSCAR_LIST, "", 5)
"""

from __future__ import annotations

import argparse
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg

from tests.load import warehouse
from tests.load.servers import wrk
from tests.stack.parts import ROOT, Part, dev

HERE = Path(__file__).resolve().parent
FOLDER = Path(tempfile.gettempdir()) / "aqad-peers"
PROJECTS = HERE / "peer_projects"
PEERS = ("oscar", "express", "pgbench")
PROCESSES, THREADS = 2, 8  # AQAD's web server has as many
# What Oscar and AQAD stand on alike, so that they differ in what is theirs.
COMMON = ("Django", "djangorestframework", "psycopg[binary,pool]", "granian", "dj-database-url")
OSCAR_LIST, EXPRESS_ORDERS = "/api/products/", "/orders"
# What Oscar's list shows: its default (address, number, UPC, title); more by its setting alone (price and stock are addresses then, and
# each product costs queries of its own); price, stock and categories by overriding it, with all prefetched. The last is AQAD's like.
LISTINGS = ("default", "fields", "tuned")
GROCERIES = """
    SELECT row_number() OVER (ORDER BY product.id), product.name, product.sku, product.price, product.vat_rate, stock.on_hand,
        coalesce(parent.name, category.name), CASE WHEN parent.id IS NOT NULL THEN category.name END
    FROM catalog_product product JOIN catalog_stock stock ON stock.product_id = product.id
    JOIN catalog_category category ON category.id = product.category_id LEFT JOIN catalog_category parent ON parent.id = category.parent_id
    WHERE product.id < %d
"""
# As order.sql: a line from each third of the shelf, since the tutorial does nothing against deadlocks.
ORDERS = """
local products, started = %d, %d
local threads = 0
function setup(thread)
  threads = threads + 1
  thread:set("number", threads)
end
function init()
  math.randomseed(started + number)
end
function request()
  local third, items = math.floor(products / 3), {}
  for line = 1, 3 do
    items[line] = '{"productId":' .. math.random((line - 1) * third + 1, line * third) .. ',"quantity":' .. line .. '}'
  end
  local body = '{"customerId":' .. math.random(1000) .. ',"items":[' .. table.concat(items, ",") .. ']}'
  return wrk.format("POST", nil, {["Content-Type"] = "application/json"}, body)
end
"""


class Missing(Exception):
    """A program that a peer needs is not on this machine."""


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m tests.load.peers", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--products", type=int, default=100_000)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where the peers are installed")
    parser.add_argument("--drop", action="store_true", help="remove the peers' databases with so many products, and what was installed")
    options = parser.parse_args()
    if options.drop:
        drop(options.products, options.folder)
        return
    seen = list(measure(options.products, options.seconds, options.folder))
    print(f"\n{'':<44}{'connections':>12}{'a second':>12}   {options.products:,} products, {options.seconds} seconds each")
    for label, connections, rate in seen:
        print(f"{label:<44}{connections:>12}{rate:>12,.1f}")


def measure(products: int, seconds: int, folder: Path = FOLDER) -> Iterator[tuple[str, int, float]]:
    """What was measured, over how many connections, and how many a second; the first second of each server is not counted."""
    for listing in LISTINGS:
        with serving_oscar(products, listing=listing, folder=folder) as url:
            wrk(url + OSCAR_LIST, "", 1)
            yield f"oscar, list of 20, {listing}", 32, wrk(url + OSCAR_LIST, "", seconds)
    with serving_express(products, folder=folder) as url, express_script(products) as script:
        wrk(url + EXPRESS_ORDERS, script, 1, 16)
        yield "express, order of 3 lines", 16, wrk(url + EXPRESS_ORDERS, script, seconds, 16)
    for protocol in ("simple", "prepared"):
        yield f"pgbench, order of 3 lines, {protocol}", 16, pgbench_orders(seconds, 16, products=products, protocol=protocol)


# ---------------------------------------------------------------------------------------------------- django-oscar


@contextmanager
def serving_oscar(products: int, *, listing: str = "default", folder: Path = FOLDER) -> Iterator[str]:
    """The address of an Oscar shop with so many products; `listing` is one of LISTINGS."""
    with _crew(folder) as crew:
        python, project = _oscar_installed(crew, folder), PROJECTS / "oscar"
        env = {**dev.clean_environment(), "DJANGO_SETTINGS_MODULE": "settings", "SECRET_KEY": secrets.token_urlsafe(48)}

        def fill(url: str) -> None:
            filling = {**env, "DATABASE_URL": url}
            _run(crew, [str(python), "-m", "django", "migrate", "-v0"], "Making Oscar's tables", cwd=project, env=filling)
            _run(crew, [str(python), "fill.py"], f"Filling Oscar's catalogue with {products:,} products", cwd=project, env=filling)

        env |= {"DATABASE_URL": _database("oscar", products, fill), "OSCAR_LISTING": listing, "PYTHONPATH": str(project)}
        port = dev.free_port()
        command = [
            *(str(python), "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--no-ws"),
            *("--workers", str(PROCESSES), "--blocking-threads", str(THREADS), "--backlog", "2048", "wsgi:application"),
        ]
        Part(crew, "oscar", command, env=env, is_ready=lambda: dev.answers(port)).start()
        yield f"http://127.0.0.1:{port}"


def _oscar_installed(crew: Any, folder: Path) -> Path:
    """The Python of an environment that holds Oscar, made if it is not there."""
    home, python = folder / "oscar", folder / "oscar" / "bin" / "python"
    wanted = (PROJECTS / "oscar" / "requirements.txt").read_text() + "".join(f"{name}=={version(name.split('[')[0])}\n" for name in COMMON)
    if not _is_stamped(home, wanted):
        shutil.rmtree(home, ignore_errors=True)
        _run(crew, [sys.executable, "-m", "venv", str(home)], "Making an environment for Oscar")
        requirements = home / "requirements.txt"
        requirements.write_text(wanted)
        _run(crew, [str(python), "-m", "pip", "install", "-q", "-r", str(requirements)], "Installing Oscar")
        _stamp(home, wanted)
    return python


# ---------------------------------------------------------------------------------------------------- Express


@contextmanager
def serving_express(products: int, *, folder: Path = FOLDER) -> Iterator[str]:
    """The address of the tutorial's order service with so many products, none of them ordered yet."""
    with _crew(folder) as crew:
        home, port = _express_installed(crew, folder), dev.free_port()
        url = _database("express", products, lambda url: _execute(url, (PROJECTS / "express-order" / "tables.sql").read_text()))
        _execute(url, "TRUNCATE orders, order_items; UPDATE products SET stock = 1000000 WHERE stock <> 1000000")
        _execute(url, "VACUUM ANALYZE products")  # not those that are to grow: see pgbench_database
        env = {**dev.clean_environment(), "NODE_ENV": "production", "PORT": str(port), "PROCESSES": str(PROCESSES), "DATABASE_URL": url}
        Part(crew, "express", ["node", str(home / "server.js")], env=env, is_ready=lambda: dev.answers(port)).start()
        yield f"http://127.0.0.1:{port}"


@contextmanager
def express_script(products: int) -> Iterator[str]:
    """The path of what wrk is to send to EXPRESS_ORDERS: orders of three lines."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(ORDERS % (products, secrets.randbelow(1_000_000)))
        script.flush()
        yield script.name


def _express_installed(crew: Any, folder: Path) -> Path:
    """A copy of the project with its packages, so that none of them ends up in the repository."""
    _require("node", "npm")
    home, project = folder / "express-order", PROJECTS / "express-order"
    wanted = (project / "package.json").read_text()
    if not _is_stamped(home, wanted):
        shutil.rmtree(home, ignore_errors=True)
        shutil.copytree(project, home)
        install = ["npm", "install", "--omit=dev", "--no-package-lock", "--no-audit", "--no-fund"]
        _run(crew, install, "Installing Express", cwd=home)
        _stamp(home, wanted)
    shutil.copy(project / "server.js", home)
    return home


# ---------------------------------------------------------------------------------------------------- pgbench


def pgbench_orders(seconds: int, clients: int, *, products: int = 100_000, protocol: str = "simple") -> float:
    """Orders a second by one statement each (order.sql), from empty order tables; `protocol` is pgbench's, `prepared` the faster.

    Raises RuntimeError when one failed, or when the tables do not hold what was placed.
    """
    _require("pgbench")
    url = pgbench_database(products)
    command = ["pgbench", "-n", "-M", protocol, "-f", str(HERE / "order.sql"), "-D", f"products={products}"]
    command += ["-c", str(clients), "-j", "2", "-T", str(seconds), url]
    done = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 60, check=False)
    placed, rate = (re.search(pattern, done.stdout) for pattern in (r"actually processed: (\d+)", r"tps = ([\d.]+)"))
    if done.returncode or not placed or not rate:
        raise RuntimeError(done.stdout + done.stderr)
    _require_books(url, int(placed[1]))
    return float(rate[1])


def pgbench_database(products: int) -> str:
    """The address of the tables of order_tables.sql with so many products, none of them ordered yet."""
    url = _database("pgbench", products, lambda url: _execute(url, (HERE / "order_tables.sql").read_text()))
    _execute(url, "TRUNCATE events, stock_movements, order_lines, orders; UPDATE stock SET reserved = 0 WHERE reserved > 0")
    # Not the tables that are to grow. Known to be empty, they are read from end to end for each foreign key, by a plan that is made with
    # the first orders and kept: a third of the speed after three seconds.
    _execute(url, "VACUUM ANALYZE products, stock")
    return url


def _require_books(url: str, placed: int) -> None:
    counted = """
        SELECT (SELECT count(*) FROM orders), (SELECT count(*) FROM order_lines) / 3.0, (SELECT count(*) FROM stock_movements) / 3.0,
            (SELECT count(*) FROM events), (SELECT sum(reserved) FROM stock) / 6.0, (SELECT sum(reserved_change) FROM stock_movements) / 6.0
    """
    with psycopg.connect(url) as connection:
        found = connection.execute(counted).fetchone() or ()
    if set(found) != {placed}:
        raise RuntimeError(f"pgbench placed {placed} orders, and its tables say {found}")


# ---------------------------------------------------------------------------------------------------- databases and programs


def drop(products: int, folder: Path = FOLDER) -> None:
    """Remove the peers' databases with so many products, and what was installed."""
    with _server() as server:
        for peer in PEERS:
            for name in (_name(peer, products), _name(peer, products) + "_new"):
                server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    for name in ("oscar", "express-order", "logs"):
        shutil.rmtree(folder / name, ignore_errors=True)


def _database(peer: str, products: int, fill: Callable[[str], None]) -> str:
    """The address of a peer's database with so many products. A new one gets its name only when it is full."""
    name = _name(peer, products)
    with _server() as server:
        if not server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            dev.say(f"Making the database {name} ...")
            source, new = warehouse.stocked(products), _address(f"{name}_new")
            server.execute(f"DROP DATABASE IF EXISTS {name}_new WITH (FORCE)")
            server.execute(f"CREATE DATABASE {name}_new")
            _copy_groceries(source, new, products)
            fill(new)
            _execute(new, "DROP TABLE groceries")
            _execute(new, "VACUUM ANALYZE")
            server.execute(f"ALTER DATABASE {name}_new RENAME TO {name}")
    return _address(name)


def _copy_groceries(source: str, target: str, products: int) -> None:
    """The first so many; a measurement of AQAD's may have added others."""
    groceries = GROCERIES % (warehouse.FIRST + products)
    table = "id bigint, title text, upc text, price numeric, vat_rate numeric, stock integer, category text, subcategory text"
    with psycopg.connect(source) as giver, psycopg.connect(target) as taker:
        taker.execute(f"CREATE TABLE groceries ({table})")
        with (
            giver.cursor().copy(f"COPY ({groceries}) TO STDOUT") as out,  # type: ignore[arg-type]
            taker.cursor().copy("COPY groceries FROM STDIN") as into,
        ):
            for data in out:
                into.write(data)


def _execute(url: str, statements: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statements)  # type: ignore[arg-type]


def _server() -> psycopg.Connection[Any]:
    return psycopg.connect(_address("postgres"), autocommit=True)


def _address(database: str) -> str:
    return urlsplit(warehouse.database_of(0))._replace(path=f"/{database}").geturl()


def _name(peer: str, products: int) -> str:
    return f"aqad_peer_{peer}_{products}"


@contextmanager
def _crew(folder: Path) -> Iterator[Any]:
    """Whoever is started by it ends with the block. Logs go into the folder, or where those of a stack go that runs already."""
    if not dev.LOGS.is_dir() or dev.LOGS.is_relative_to(ROOT):
        dev.STATE, dev.LOGS = folder, folder / "logs"
    (folder / "logs").mkdir(parents=True, exist_ok=True)
    crew = dev.Crew()
    try:
        yield crew
    finally:
        crew.end()


def _run(crew: Any, command: list[str], label: str, *, cwd: Path = ROOT, env: dict[str, str] | None = None) -> None:
    """Run it to its end, in minutes at most. Raises RuntimeError when it fails; its last lines were then shown."""
    if crew.run(command, env or dev.clean_environment(), label, "peers", timeout=1800, cwd=cwd):
        raise RuntimeError(f"{label}: failed, see {dev.LOGS / 'peers.log'}")


def _is_stamped(home: Path, wanted: str) -> bool:
    stamp = home / "installed.txt"
    return stamp.exists() and stamp.read_text() == wanted


def _stamp(home: Path, wanted: str) -> None:
    (home / "installed.txt").write_text(wanted)


def _require(*programs: str) -> None:
    for program in programs:
        if not shutil.which(program):
            raise Missing(f"{program} is not on this machine")


if __name__ == "__main__":
    main()
