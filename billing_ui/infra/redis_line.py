"""How this product connects to Redis, and how it listens to a channel there without ever waiting on a dead line."""

from __future__ import annotations

from collections.abc import Callable

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as LineDead
from redis.exceptions import RedisError
from redis.retry import Retry

PATIENCE_S = 0.5
# How often a listener looks whether it should stop; after so many silent looks it asks, after so many it gives up.
LOOK_S = 0.5
_ASK_AFTER = 20
_DEAD_AFTER = 24
# What a Redis that is away, slow or unwilling raises.
TROUBLE = (RedisError, OSError)


def connect(url: str) -> Redis:
    """Every answer within `PATIENCE_S` or an error, and no second try: whoever asks knows better when to try again."""
    return Redis.from_url(
        url, socket_connect_timeout=PATIENCE_S, socket_timeout=PATIENCE_S, retry=Retry(NoBackoff(), 0)
    )


def database_of(redis: Redis) -> int:
    return int(redis.connection_pool.connection_kwargs.get("db") or 0)


def listen(
    redis: Redis, channel: str, opened: Callable[[], None], heard: Callable[[str], None], is_over: Callable[[], bool]
) -> None:
    """Hears one channel until it is over or the line breaks. `opened` is called once nothing can go past us."""
    with redis.pubsub() as line:  # type: ignore[no-untyped-call]  # the client leaves this one untyped
        line.subscribe(channel)
        silent = 0
        while not is_over():
            message = line.get_message(timeout=LOOK_S)
            silent = silent + 1 if message is None else 0
            if silent == _ASK_AFTER:
                line.ping()
            elif silent >= _DEAD_AFTER:
                raise LineDead("no answer on an open line")
            if message is not None and message["type"] == "subscribe":
                opened()
            elif message is not None and message["type"] == "message":
                heard(message["data"].decode("ascii", "replace"))
