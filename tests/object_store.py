"""A local object store that speaks S3, for tests of the archive."""

from __future__ import annotations

import os
from collections.abc import Iterator

import fsspec
import pytest
from moto.server import ThreadedMotoServer


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    """A local S3 server with one bucket; credentials and address from the environment, as always."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    before = dict(os.environ)
    os.environ |= {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "very-secret",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    # A file system opened for an earlier server would be given again.
    fsspec.get_filesystem_class("s3").clear_instance_cache()
    fsspec.filesystem("s3").makedirs("institute", exist_ok=True)
    yield "s3://institute"
    server.stop()
    os.environ.clear()
    os.environ.update(before)
