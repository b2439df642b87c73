"""An S3 bucket as a storage: private papers under one prefix, public pictures under another."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from botocore.config import Config
from django.utils.encoding import filepath_to_uri
from storages.backends.s3 import S3Storage

# An upload waits for a bucket that is away for some ten seconds at most. Each process keeps a connection for each of its threads.
WAITS = {"connect_timeout": 2, "read_timeout": 5, "retries": {"mode": "standard", "total_max_attempts": 2}, "max_pool_connections": 32}


class Bucket(S3Storage):
    """One prefix of the bucket. Nothing of it can be read without a signature, unless the bucket's policy says so."""

    def __init__(self, **options: Any) -> None:
        super().__init__(client_config=Config(signature_version="s3v4", **WAITS), **options)

    def dated(self, folder: str) -> Iterator[tuple[str, datetime]]:
        """The files in `folder` with the time they were written, a thousand to a request."""
        prefix = self._normalize_name(f"{folder}/")
        for entry in self.bucket.objects.filter(Prefix=prefix):
            yield f"{folder}/{entry.key.removeprefix(prefix)}", entry.last_modified


class PublicBucket(Bucket):
    """What everybody may see, under the address that the CDN gives the prefix, or of our own pages."""

    base_url: str

    def __init__(self, *, base_url: str, **options: Any) -> None:
        super().__init__(**options)
        self.base_url = base_url

    def url(self, name: str, *_: Any, **__: Any) -> str:
        return f"{self.base_url}{filepath_to_uri(name)}"
