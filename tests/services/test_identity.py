"""People sign up, sign in, prove their address and reset their password, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from billing_ui.kit.ids import digest
from billing_ui.models import Account, AuthAttempt, AuthSession, AuthToken, Job, Member, Subscription, User
from billing_ui.queries.people import devices
from billing_ui.rules.access import system
from billing_ui.rules.errors import (
    BadCredentials,
    BillingError,
    EmailTaken,
    FieldInvalid,
    NotFound,
    PasswordTooShort,
    SignUpClosed,
    TooManyTries,
)
from billing_ui.services import identity, settings
from billing_ui.services.identity import SignUp
from tests.services.people import EMAIL, PASSWORD, PHONE, count, mailed_links, sign_in, sign_up, who
from tests.world import World


def test_sign_up_opens_user_account_membership_subscription_books_and_session(world: World) -> None:
    secret = sign_up(world, name="Rani Safitri", zone="Asia/Makassar", language="en")
    found = who(world, secret)
    assert (found.user.email, found.user.name, found.user.language) == (EMAIL, "Rani Safitri", "en")
    assert (found.account.zone, found.account.currency) == ("Asia/Makassar", "IDR")
    assert not found.user.is_verified
    assert found.actor.role is None
    with world.env.db.read() as tx:
        subscription = tx.scalars(select(Subscription)).one()
        assert (subscription.status, subscription.access) == ("active", "open")
        assert tx.scalars(select(Member)).one().role == "owner"
    assert len(mailed_links(world, "verify_email")) == 1
    world.books_are_right()


def test_sign_up_that_dies_before_its_commit_leaves_nothing(world: World) -> None:
    world.crashes.armed["db.before_commit"] = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        sign_up(world)
    world.crashes.armed["db.before_commit"] = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        identity.sign_up(world.env, SignUp(EMAIL, PASSWORD), replace(PHONE, ip="10.0.0.8"))
    assert [count(world, table) for table in (User, Account, Member, Subscription, AuthSession, Job)] == [0] * 6


def test_an_address_signs_up_once_however_it_is_written(world: World) -> None:
    sign_up(world)
    with pytest.raises(EmailTaken):
        sign_up(world, f"  {EMAIL.upper()} ")
    assert count(world, User) == 1


def test_of_many_sign_ups_with_one_address_at_once_one_wins(world: World) -> None:
    def attempt(_number: int) -> bool:
        try:
            sign_up(world)
        except EmailTaken:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(attempt, range(8))) == 1
    assert (count(world, User), count(world, Account), count(world, AuthSession)) == (1, 1, 1)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"email": "rani"}, FieldInvalid),
        ({"email": "rani@pelanggan.test\r\nBcc: x@evil.test"}, FieldInvalid),
        ({"email": "räni@pelanggan.test"}, FieldInvalid),
        ({"email": "a@b@c.test"}, FieldInvalid),
        ({"email": f"{'a' * 250}@b.test"}, FieldInvalid),
        ({"name": "Rani\r\nBcc: x"}, FieldInvalid),
        ({"name": "R" * 81}, FieldInvalid),
        ({"password": "1234567"}, PasswordTooShort),
        ({"password": "x" * 201}, FieldInvalid),
    ],
)
def test_sign_up_refuses_what_cannot_be_an_address_a_name_or_a_password(
    world: World, change: dict[str, str], error: type[BillingError]
) -> None:
    with pytest.raises(error):
        identity.sign_up(world.env, replace(SignUp(EMAIL, PASSWORD), **change), PHONE)
    assert count(world, User) == 0


def test_a_zone_or_language_that_nobody_knows_becomes_the_catalogues(world: World) -> None:
    found = who(world, sign_up(world, zone="../../etc/passwd", language="tlh"))
    assert (found.account.zone, found.user.language) == ("Asia/Jakarta", "id")


def test_sign_up_can_be_closed_by_the_operators(world: World) -> None:
    settings.set_value(world.env, system("test"), "signup.open", False, "closed beta")
    with pytest.raises(SignUpClosed):
        sign_up(world)
    assert count(world, User) == 0


def test_only_digests_of_cookies_and_links_are_stored(world: World) -> None:
    secret = sign_up(world)
    link = mailed_links(world, "verify_email")[0]
    with world.env.db.read() as tx:
        assert tx.scalars(select(AuthSession)).one().secret_digest == digest(secret)
        assert tx.scalars(select(AuthToken)).one().secret_digest == digest(link)
        assert (tx.scalars(select(User)).one().password_hash or "").startswith("$argon2id$")


def test_a_wrong_address_and_a_wrong_password_get_the_same_answer(world: World) -> None:
    sign_up(world)
    for email, password in (
        (EMAIL, "falsch falsch"),
        ("nobody@pelanggan.test", PASSWORD),
        ("not an address", PASSWORD),
    ):
        with pytest.raises(BadCredentials) as refused:
            sign_in(world, email, password)
        assert refused.value.facts == {}
    assert who(world, sign_in(world, f" {EMAIL.upper()}")).user.email == EMAIL


def test_each_sign_in_is_a_session_of_its_own(world: World) -> None:
    sign_up(world)
    first, second = sign_in(world), sign_in(world)
    assert first != second
    assert who(world, first).session_id != who(world, second).session_id


def test_five_wrong_passwords_lock_an_address_for_a_quarter_hour_known_or_not(world: World) -> None:
    sign_up(world)
    for email in (EMAIL, "nobody@pelanggan.test"):
        for _ in range(5):
            with pytest.raises(BadCredentials):
                sign_in(world, email, "falsch falsch")
        with pytest.raises(TooManyTries) as refused:
            sign_in(world, email)
        assert refused.value.facts["retry_at"] == "2026-11-21T03:15:00+00:00"
    world.later(minutes=15)
    sign_in(world)


def test_wrong_passwords_at_the_same_moment_cannot_slip_past_the_limit(world: World) -> None:
    sign_up(world)

    def attempt(_number: int) -> str:
        try:
            sign_in(world, password="falsch falsch")
        except BillingError as error:
            return error.code
        return "in"

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(attempt, range(16)))
    assert answers.count("bad_credentials") == 5
    assert answers.count("too_many_tries") == 11


def test_twenty_wrong_passwords_from_one_address_of_the_network_lock_that_address(world: World) -> None:
    sign_up(world)
    for number in range(20):
        with pytest.raises(BadCredentials):
            sign_in(world, f"guess{number}@pelanggan.test", ip="10.6.6.6")
    with pytest.raises(TooManyTries):
        sign_in(world, ip="10.6.6.6")
    sign_in(world, ip="10.0.0.7")


def test_who_signs_in_starts_with_a_clean_sheet(world: World) -> None:
    sign_up(world)
    for _ in range(3):
        for _ in range(4):
            with pytest.raises(BadCredentials):
                sign_in(world, password="falsch falsch", ip="10.0.0.9")
        sign_in(world)


def test_no_name_or_address_is_kept_by_the_counting(world: World) -> None:
    sign_up(world)
    with pytest.raises(BadCredentials):
        sign_in(world, password="falsch falsch", ip="10.6.6.6")
    with world.env.db.read() as tx:
        kept = " ".join(row.subject for row in tx.scalars(select(AuthAttempt)))
    assert EMAIL not in kept
    assert "10.6.6.6" not in kept


def test_a_signed_out_expired_or_disabled_session_opens_nothing(world: World) -> None:
    sign_up(world)
    gone, old, other = sign_in(world), sign_in(world), sign_in(world)
    identity.sign_out(world.env, gone)
    identity.sign_out(world.env, gone)
    assert identity.find_session(world.env, gone) is None
    assert identity.find_session(world.env, "0" * 52) is None
    with world.env.db.begin() as tx:
        user = tx.scalars(select(User)).one()
        user.disabled_at = world.clock.now()
        tx.add(user)
    assert identity.find_session(world.env, other) is None
    with pytest.raises(BadCredentials):
        sign_in(world)
    with world.env.db.begin() as tx:
        user = tx.scalars(select(User)).one()
        user.disabled_at = None
        tx.add(user)
    world.later(days=31)
    assert identity.find_session(world.env, old) is None


def test_sign_out_everywhere_ends_all_sessions_but_the_one_to_keep(world: World) -> None:
    secrets = [sign_up(world), sign_in(world), sign_in(world)]
    here = who(world, secrets[1])
    assert identity.sign_out_everywhere(world.env, here.actor, keep=here.session_id) == 2
    assert [identity.find_session(world.env, secret) is not None for secret in secrets] == [False, True, False]
    assert identity.sign_out_everywhere(world.env, here.actor) == 1
    assert identity.find_session(world.env, secrets[1]) is None


def test_a_device_is_listed_and_signed_out_by_its_owner_only(world: World) -> None:
    mine, other = who(world, sign_up(world)), who(world, sign_up(world, "budi@pelanggan.test"))
    assert mine.actor.user_id is not None
    with world.env.db.read() as tx:
        (device,) = devices(tx, mine.actor.user_id, world.clock.now())
    assert (device.name, device.ip, device.public_id) == ("Chrome, Android", "10.0.0.7", mine.session_id)
    with pytest.raises(NotFound):
        identity.sign_out_device(world.env, other.actor, device.public_id)
    identity.sign_out_device(world.env, mine.actor, device.public_id)
    with pytest.raises(NotFound):
        identity.sign_out_device(world.env, mine.actor, device.public_id)
    with world.env.db.read() as tx:
        assert devices(tx, mine.actor.user_id, world.clock.now()) == ()


def test_a_session_remembers_when_it_was_last_seen_but_not_at_each_look(world: World) -> None:
    secret = sign_up(world)
    for minutes, seen in ((4, 0), (2, 6), (4, 6), (5, 15)):
        world.later(minutes=minutes)
        who(world, secret)
        with world.env.db.read() as tx:
            session = tx.scalars(select(AuthSession)).one()
        assert session.seen_at - session.created_at == timedelta(minutes=seen)
