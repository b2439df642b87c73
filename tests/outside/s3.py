"""moto's S3 server, and the addresses at which nobody answers."""

from __future__ import annotations

import json
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3

from tests.outside.processes import Process, listens, scratch
from tests.stack.parts import dev

BUCKET = "aqad-files"
KEYS = {"AWS_ACCESS_KEY_ID": "tests", "AWS_SECRET_ACCESS_KEY": "of-no-value", "AWS_DEFAULT_REGION": "me-central-1"}
# docs/settings.md tells deployments to give their bucket this policy and no other.
POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{BUCKET}/public/*"},
    ],
}


class S3:
    def __init__(self) -> None:
        self.port = dev.free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process: Process | None = None

    @property
    def settings(self) -> dict[str, str]:
        return {"AWS_STORAGE_BUCKET_NAME": BUCKET, "AWS_S3_ENDPOINT_URL": self.url, **KEYS}

    @property
    def client(self) -> Any:
        key, secret, region = KEYS.values()
        return boto3.client("s3", endpoint_url=self.url, aws_access_key_id=key, aws_secret_access_key=secret, region_name=region)

    def start(self) -> S3:
        """With an empty bucket; moto keeps nothing."""
        self.process = Process(self.command, log=scratch("s3") / "moto.log")
        self.process.wait_for(lambda: listens(self.port))
        self.make_bucket()
        return self

    @property
    def command(self) -> list[str]:
        return [str(Path(sys.executable).with_name("moto_server")), "-H", "127.0.0.1", "-p", str(self.port)]

    def make_bucket(self) -> None:
        self.client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": KEYS["AWS_DEFAULT_REGION"]})
        self.client.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps(POLICY))

    def end(self) -> None:
        if self.process is not None:
            self.process.end(signal.SIGKILL)
            self.process = None

    def names(self, prefix: str = "") -> set[str]:
        return {entry["Key"] for entry in self.client.list_objects_v2(Bucket=BUCKET, Prefix=prefix).get("Contents", [])}

    @contextmanager
    def gone(self) -> Iterator[None]:
        """Nobody listens; afterwards an empty bucket is back."""
        self.end()
        try:
            yield
        finally:
            self.start()

    @contextmanager
    def silent(self) -> Iterator[None]:
        """Connections are accepted, and that was it."""
        self.end()
        with socket.socket() as hole:
            hole.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            hole.bind(("127.0.0.1", self.port))
            hole.listen(64)
            try:
                yield
            finally:
                hole.close()
                self.start()
