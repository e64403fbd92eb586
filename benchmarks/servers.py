"""A migrated PostgreSQL database for one run, provisioned the way the tests do it, and dropped afterwards."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from sqlalchemy.engine import URL

from billing_ui.infra.db import migrate
from tests import servers


@contextmanager
def postgres() -> Iterator[URL]:
    owned = servers.RUN_DIR not in os.environ
    if owned:
        os.environ[servers.RUN_DIR] = tempfile.mkdtemp(prefix="billing-ui-benchmarks-")
        servers.run_dir().chmod(0o755)
    server = servers.postgres_url()
    name = f"billing_benchmark_{uuid4().hex}"
    url = servers.create_database(server, name)
    try:
        migrate(url)
        yield url
    finally:
        servers.drop_database(server, name)
        if owned:
            shutil.rmtree(Path(os.environ.pop(servers.RUN_DIR)), ignore_errors=True)
