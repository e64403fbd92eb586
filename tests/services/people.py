"""Somebody who signs up and in, for the tests about people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import func, select

from billing_ui.infra.db import Database
from billing_ui.models import Job
from billing_ui.services import identity
from billing_ui.services.identity import Device, SignUp, Viewer
from tests.world import World, open_world

EMAIL, PASSWORD = "rani@pelanggan.test", "sandi yang cukup panjang"
PHONE = Device("10.0.0.7", "Mozilla/5.0 (Linux; Android 15) Chrome/156.0 Mobile")


@pytest.fixture
def world(stocked_db: Database) -> Iterator[World]:
    with open_world(stocked_db) as opened:
        yield opened


def sign_up(world: World, email: str = EMAIL, **more: str) -> str:
    return identity.sign_up(world.env, SignUp(email, PASSWORD, **more), PHONE)


def sign_in(world: World, email: str = EMAIL, password: str = PASSWORD, ip: str = "10.0.0.7") -> str:
    return identity.sign_in(world.env, email, password, ip, replace(PHONE, ip=ip))


def who(world: World, secret: str) -> Viewer:
    found = identity.find_session(world.env, secret)
    assert found is not None
    return found


def count(world: World, table: type) -> int:
    with world.env.db.read() as tx:
        return tx.scalar(select(func.count()).select_from(table)) or 0


def mailed_links(world: World, template: str) -> list[str]:
    """The secrets in the links of the mails queued so far, oldest first."""
    with world.env.db.read() as tx:
        jobs = tx.scalars(select(Job).where(Job.kind == "mail.send").order_by(Job.id)).all()
    links = [job.args["args"]["link"] for job in jobs if job.args["template"] == template]
    return [parse_qs(urlsplit(link).query)["token"][0] for link in links]
