"""Links sent by mail: they prove an address or set a new password, once, and not for long."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select

from billing_ui.infra.passwords import Passwords
from billing_ui.models import Job
from billing_ui.rules.errors import (
    BadCredentials,
    BadLink,
    EmailTaken,
    FieldInvalid,
    Forbidden,
    PasswordTooShort,
    TooManyTries,
)
from billing_ui.services import identity
from tests.services.people import EMAIL, PASSWORD, PHONE, mailed_links, sign_in, sign_up, who
from tests.world import World


def test_a_link_proves_the_address_and_a_second_click_changes_nothing(world: World) -> None:
    secret = sign_up(world)
    (link,) = mailed_links(world, "verify_email")
    assert identity.verify_email(world.env, link) == EMAIL
    assert who(world, secret).user.is_verified
    assert identity.verify_email(world.env, link) == EMAIL
    with pytest.raises(Forbidden):
        identity.change_email(world.env, who(world, secret).actor, "new@pelanggan.test")
    assert identity.send_verification(world.env, who(world, secret).actor) == EMAIL
    assert len(mailed_links(world, "verify_email")) == 1


def welcomes(world: World) -> int:
    with world.env.db.read() as tx:
        jobs = tx.scalars(select(Job).where(Job.kind == "mail.send")).all()
    return sum(job.args["template"] == "welcome" for job in jobs)


def test_whoever_proves_their_address_is_welcomed_once(world: World) -> None:
    sign_up(world)
    assert welcomes(world) == 0
    (link,) = mailed_links(world, "verify_email")
    for _ in range(2):
        identity.verify_email(world.env, link)
    identity.request_reset(world.env, EMAIL, "10.0.0.7")
    identity.reset_password(world.env, mailed_links(world, "reset_password")[0], "eine ganz neue", PHONE)
    assert welcomes(world) == 1


def test_an_address_proven_by_a_reset_is_welcomed_too(world: World) -> None:
    sign_up(world)
    identity.request_reset(world.env, EMAIL, "10.0.0.7")
    identity.reset_password(world.env, mailed_links(world, "reset_password")[0], "eine ganz neue", PHONE)
    assert welcomes(world) == 1


def test_a_new_link_voids_the_older_one_and_both_die_after_two_days(world: World) -> None:
    secret = sign_up(world)
    identity.send_verification(world.env, who(world, secret).actor)
    older, newer = mailed_links(world, "verify_email")
    for link in (older, "0" * 52, ""):
        with pytest.raises(BadLink):
            identity.verify_email(world.env, link)
    world.later(hours=48)
    with pytest.raises(BadLink):
        identity.verify_email(world.env, newer)
    assert not who(world, secret).user.is_verified


def test_a_mistyped_address_is_corrected_before_it_is_proven(world: World) -> None:
    secret = sign_up(world, "rani@pelangan.test")
    sign_up(world, "budi@pelanggan.test")
    actor = who(world, secret).actor
    with pytest.raises(EmailTaken):
        identity.change_email(world.env, actor, "BUDI@pelanggan.test")
    assert identity.change_email(world.env, actor, " Rani@Pelanggan.test") == EMAIL
    wrong, _, right = mailed_links(world, "verify_email")
    with pytest.raises(BadLink):
        identity.verify_email(world.env, wrong)
    assert identity.verify_email(world.env, right) == EMAIL


def test_links_are_not_mailed_without_end(world: World) -> None:
    actor = who(world, sign_up(world)).actor
    for _ in range(5):
        identity.send_verification(world.env, actor)
    with pytest.raises(TooManyTries):
        identity.send_verification(world.env, actor)


def test_a_reset_is_asked_for_alike_by_known_and_unknown_and_mailed_to_the_known(world: World) -> None:
    sign_up(world)
    for email in (EMAIL.upper(), "nobody@pelanggan.test", "not an address", "x" * 5_000):
        identity.request_reset(world.env, email, "10.0.0.7")
    assert len(mailed_links(world, "reset_password")) == 1
    for _ in range(10):
        identity.request_reset(world.env, EMAIL, "10.0.0.7")
    assert len(mailed_links(world, "reset_password")) == 5


def test_a_reset_sets_the_password_ends_other_sessions_and_works_once(world: World) -> None:
    old = sign_up(world)
    identity.request_reset(world.env, EMAIL, "10.0.0.7")
    (link,) = mailed_links(world, "reset_password")
    with pytest.raises(PasswordTooShort):
        identity.reset_password(world.env, link, "kurz", PHONE)
    fresh = identity.reset_password(world.env, link, "eine ganz neue", PHONE)
    assert identity.find_session(world.env, old) is None
    assert who(world, fresh).user.is_verified
    with pytest.raises(BadLink):
        identity.reset_password(world.env, link, "noch eine neue", PHONE)
    with pytest.raises(BadCredentials):
        sign_in(world)
    sign_in(world, password="eine ganz neue")


def test_a_reset_link_dies_after_half_an_hour_and_opens_no_other_door(world: World) -> None:
    sign_up(world)
    identity.request_reset(world.env, EMAIL, "10.0.0.7")
    (verify,), (link,) = mailed_links(world, "verify_email"), mailed_links(world, "reset_password")
    with pytest.raises(BadLink):
        identity.verify_email(world.env, link)
    with pytest.raises(BadLink):
        identity.reset_password(world.env, verify, "eine ganz neue", PHONE)
    world.later(minutes=30)
    with pytest.raises(BadLink):
        identity.reset_password(world.env, link, "eine ganz neue", PHONE)


def test_language_and_theme_are_kept_and_only_from_closed_sets(world: World) -> None:
    secret = sign_up(world)
    actor = who(world, secret).actor
    identity.set_language(world.env, actor, "en")
    identity.set_theme(world.env, actor, "dark")
    assert (who(world, secret).user.language, who(world, secret).user.theme) == ("en", "dark")
    for call, word in ((identity.set_language, "fr"), (identity.set_theme, "neon")):
        with pytest.raises(FieldInvalid):
            call(world.env, actor, word)


class Counting(Passwords):
    """How often the dear work was done."""

    hashed = 0

    def hash(self, password: str) -> str:
        self.hashed += 1
        return super().hash(password)


def test_a_reset_without_a_link_costs_no_hashing(world: World) -> None:
    passwords = Counting()
    with pytest.raises(BadLink):
        identity.reset_password(replace(world.env, passwords=passwords), "0" * 52, PASSWORD, PHONE)
    assert passwords.hashed == 0


def test_asking_who_has_an_account_by_correcting_ones_address_comes_to_an_end(world: World) -> None:
    sign_up(world, "tetangga@pelanggan.test")
    actor = who(world, sign_up(world)).actor
    for _ in range(5):
        with pytest.raises(EmailTaken):
            identity.change_email(world.env, actor, "tetangga@pelanggan.test")
    with pytest.raises(TooManyTries):
        identity.change_email(world.env, actor, "tetangga@pelanggan.test")


def test_a_reset_link_knows_where_its_reader_was_going(world: World) -> None:
    sign_up(world)
    identity.request_reset(world.env, EMAIL, "10.0.0.7", "/subscription/plans/?plan=bpp")
    with world.env.db.read() as tx:
        links = [job.args["args"]["link"] for job in tx.scalars(select(Job).where(Job.kind == "mail.send"))]
    assert parse_qs(urlsplit(links[-1]).query)["redirect_url"] == ["/subscription/plans/?plan=bpp"]
