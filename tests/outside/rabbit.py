"""A RabbitMQ node of the tests' own: own name, ports, cookie, data and port mapper. The machine's own broker hears nothing of it."""

from __future__ import annotations

import shutil
import signal
from contextlib import suppress
from pathlib import Path

import kombu

from tests.outside import certificates
from tests.outside.processes import Process, nobody, program, scratch
from tests.stack.parts import dev

SERVER = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")  # as Debian packs it; the one on the PATH insists on a user of its own


def is_installed() -> bool:
    return SERVER.exists()


class Rabbit:
    """`start`, `kill` and `start` again keep what was durable."""

    def __init__(self) -> None:
        assert is_installed(), "RabbitMQ is not here: install it (Debian: apt install rabbitmq-server)."
        self.folder = scratch("rabbit")
        self.port, self.port_of_node, self.port_of_mapper = dev.free_port(), dev.free_port(), dev.free_port()
        self.secret_port = dev.free_port()
        self.url = f"amqp://guest:guest@127.0.0.1:{self.port}//"
        self.trusted, key = certificates.make(self.folder)
        key.chmod(0o644)  # the node runs as somebody else
        files = f"ssl_options.certfile = {self.trusted}\nssl_options.cacertfile = {self.trusted}\nssl_options.keyfile = {key}\n"
        (self.folder / "rabbitmq.conf").write_text(f"listeners.ssl.1 = 127.0.0.1:{self.secret_port}\n{files}")
        self.unprivileged = nobody(self.folder)
        self.node: Process | None = None
        self.mapper = Process(
            [*self.unprivileged, program("epmd"), "-address", "127.0.0.1", "-port", str(self.port_of_mapper)],
            log=self.folder / "mapper.out",
            env={"ERL_EPMD_PORT": str(self.port_of_mapper)},
            cwd=self.folder,
        )

    def start(self) -> Rabbit:
        folder = self.folder
        env = {
            "HOME": str(folder),
            "RABBITMQ_NODENAME": f"aqad-test-{self.port}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_DIST_PORT": str(self.port_of_node),
            "ERL_EPMD_PORT": str(self.port_of_mapper),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_BASE": str(folder),
            "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(folder / "log"),
            "RABBITMQ_PID_FILE": str(folder / "pid"),
            "RABBITMQ_CONF_ENV_FILE": "/dev/null",
            "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
            "RABBITMQ_ADVANCED_CONFIG_FILE": str(folder / "none"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
            "RABBITMQ_FEATURE_FLAGS_FILE": str(folder / "flags"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+S 2:2 -kernel inet_dist_use_interface {127,0,0,1}",
        }
        self.node = Process([*self.unprivileged, str(SERVER)], log=folder / "node.out", env=env, cwd=folder)
        self.node.wait_for(self.answers)
        return self

    def answers(self) -> bool:
        try:
            with kombu.Connection(self.url, connect_timeout=2, transport_options={"max_retries": 0}) as connection:
                connection.default_channel  # noqa: B018  (asking is the point)
        except Exception:
            return False
        return True

    def kill(self) -> None:
        """As the power does."""
        if self.node is not None:
            self.node.end(signal.SIGKILL)
            self.node = None

    def freeze(self) -> None:
        assert self.node is not None
        self.node.signal(signal.SIGSTOP)

    def thaw(self) -> None:
        assert self.node is not None
        self.node.signal(signal.SIGCONT)

    def end(self) -> None:
        with suppress(ProcessLookupError):
            self.kill()
        self.mapper.end(signal.SIGKILL)
        shutil.rmtree(self.folder, ignore_errors=True)
