"""Signals between the processes of one deployment: over a channel of Redis, with nobody waiting for Redis."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from threading import Condition

from billing_ui.infra.redis_line import LOOK_S, PATIENCE_S, TROUBLE, connect, database_of, listen
from billing_ui.infra.signals import Listener, Missed, Signals
from billing_ui.infra.tireless import Outage, Tireless
from billing_ui.kit.clock import Clock
from billing_ui.kit.ids import Ids

# A topic counts as watched for as long as its key lives; each process with open pages renews its keys in time.
WATCHED_S = 15
RENEW_S = 5.0
# What waits while Redis is away. More is not kept: listeners read everything anew when the line is back.
_MOST_WAITING = 10_000
_LONGEST_NUMBER = 19


class RedisSignals(Signals):
    """Local listeners hear at once, on the thread that published. Other processes hear through two threads of ours:
    one tells what was published here, one hears what was published elsewhere. Both start at first need."""

    def __init__(self, url: str, clock: Clock, ids: Ids, name: str = "billing_ui") -> None:
        super().__init__()
        self._redis = connect(url)
        # Channels, unlike keys, are shared by all databases of a server.
        self._prefix = f"{name}:{database_of(self._redis)}"
        self._channel = f"{self._prefix}:signals"
        self._origin = ids.public("sig")
        self._clock = clock
        self._news = Condition()
        self._waiting: dict[int, None] = {}
        self._renew_at = self._ask_again_at = clock.steady()
        self._asking = Outage("signals: asking Redis which pages are open elsewhere")
        self._teller = Tireless("signals-out", "signals: telling other processes through Redis", self._tell)
        self._hearer = Tireless("signals-in", "signals: hearing other processes through Redis", self._hear)

    def subscribe(self, listener: Listener, missed: Missed | None = None) -> Callable[[], None]:
        drop = super().subscribe(listener, missed)
        self._hearer.start()
        return drop

    def publish(self, account_id: int) -> None:
        super().publish(account_id)
        with self._news:
            self._keep((account_id,))
            self._news.notify_all()
        self._teller.start()

    def answer_watched(self, topics: Callable[[], Collection[str]]) -> None:
        super().answer_watched(topics)
        with self._news:
            self._news.notify_all()
        self._teller.start()

    def is_watched(self, topic: str) -> bool:
        """In this process, else in any other. No while Redis is away: the sweeper's rhythm is slower, not wrong."""
        if super().is_watched(topic):
            return True
        if self._clock.steady() < self._ask_again_at:
            return False
        try:
            found = bool(self._redis.exists(self._key(topic)))
        except TROUBLE as error:
            self._ask_again_at = self._clock.steady() + self._asking.failed(error)
            return False
        self._asking.worked()
        return found

    def close(self) -> None:
        """Ends both threads, and sends what a short-lived process published just before its end."""
        self._hearer.stop()
        self._teller.stop()
        with self._news:
            self._news.notify_all()
        self._teller.join(3 * PATIENCE_S)
        self._hearer.join(LOOK_S + 3 * PATIENCE_S)
        try:
            self._send(())
        except TROUBLE as error:
            self._teller.outage.failed(error)
        self._redis.close()

    def _tell(self) -> None:
        """One round: waits for news, or for the time to renew what is watched, and sends it."""
        with self._news:
            while not (self._waiting or self._teller.is_stopped) and (rest := self._until_renewal()) != 0:
                self._news.wait(rest)
        if self._teller.is_stopped:
            return
        if self._watched is None or self._until_renewal() != 0:
            self._send(())
        else:
            self._send(self._watched())
            self._renew_at = self._clock.steady() + RENEW_S

    def _until_renewal(self) -> float | None:
        """Seconds; None in a process without pages."""
        return None if self._watched is None else max(self._renew_at - self._clock.steady(), 0)

    def _keep(self, accounts: Iterable[int]) -> None:
        """Several signals for one account are one: there is nothing in them but the account."""
        for account_id in accounts:
            if len(self._waiting) < _MOST_WAITING:
                self._waiting[account_id] = None

    def _send(self, topics: Collection[str]) -> None:
        with self._news:
            accounts, self._waiting = self._waiting, {}
        if not accounts and not topics:
            return
        try:
            with self._redis.pipeline(transaction=False) as sent:
                for account_id in accounts:
                    sent.publish(self._channel, f"{self._origin} {account_id}")
                for topic in topics:
                    sent.set(self._key(topic), "", ex=WATCHED_S)
                sent.execute()
        except TROUBLE:
            with self._news:
                self._keep(accounts)
            raise
        self._teller.outage.worked()

    def _hear(self) -> None:
        listen(self._redis, self._channel, self._opened, self._heard, lambda: self._hearer.is_stopped)

    def _opened(self) -> None:
        self._hearer.outage.worked()
        # Whatever was published before this moment went past us.
        self._deliver_missed()

    def _heard(self, message: str) -> None:
        origin, _, account = message.partition(" ")
        is_number = account.isascii() and account.isdigit() and len(account) <= _LONGEST_NUMBER
        if is_number and origin != self._origin:
            self._deliver(int(account))

    def _key(self, topic: str) -> str:
        return f"{self._prefix}:watched:{topic}"
