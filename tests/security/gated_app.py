"""A small app behind the gate, with every temptation the real one must not give way to. Run by uvicorn in a process of
its own; the test talks to it over a raw websocket."""

import asyncio
import time
from dataclasses import dataclass
from typing import Literal

import reflex as rx

from billing_ui.rules.access import Actor, OperatorRole
from billing_ui.security import gate
from billing_ui.security.policy import policy
from billing_ui.services.sessions import AccountView, UserView, Viewer

SECRETS = {
    name: letter * 52
    for name, letter in {
        "alice": "a",
        "bob": "b",
        "carol": "c",
        "dave": "d",
        "support": "s",
        "admin": "x",
        "revoked": "r",
    }.items()
}
ROLES: dict[str, OperatorRole] = {"support": "support", "admin": "admin"}
REVOKED = {"revoked"}


def find(secret: str) -> Viewer | None:
    name = next((name for name, known in SECRETS.items() if known == secret), None)
    if name is None or name in REVOKED:
        return None
    return Viewer(
        actor=Actor(f"user:{name}", user_id=1, account_id=1, role=ROLES.get(name)),
        session_id=f"ses_{name}",
        user=UserView(f"usr_{name}", f"{name}@demo.billing.test", name, "id", "system", is_verified=True),
        account=AccountView(f"acc_{name}", name, "Asia/Jakarta", "IDR", None),
    )


class Mixed(rx.State, mixin=True):
    @rx.event
    @policy("user")
    def from_mixin(self) -> None:
        self.log("from_mixin")

    def log(self, what: str) -> None:
        self.done = [*self.done, what]


class Wallet(Mixed, rx.State):
    balance: int = 0
    done: rx.Field[list[str]] = rx.field(default_factory=list)
    owner: str = ""
    _hidden: str = ""

    def set_balance(self, value: int) -> None:
        self.balance = value

    def grant(self, amount: int) -> None:
        self.balance += amount

    @rx.event
    def decorated_but_unmarked(self) -> None:
        self.balance = 13

    @rx.event
    @policy("user")
    def fill(self, amount: int) -> None:
        self.balance = amount
        self._hidden = "filled"
        who = gate.viewer(self)
        self.owner = who.user.name if who else ""

    @rx.event
    @policy("public")
    def look(self) -> None:
        self.done = [*self.done, f"look {self.balance} {self._hidden}"]

    @rx.event
    @policy("user")
    def choose(self, method: Literal["QRIS", "CARD"], tags: list[str], note: str = "", gift: bool = False) -> None:
        self.done = [*self.done, f"choose {method} {tags} {note} {gift}"]

    @rx.event
    @policy("user")
    def chain(self):
        return [Wallet.unmarked_second, Wallet.second(7)]

    def unmarked_second(self) -> None:
        self.balance = 66

    @rx.event
    @policy("user")
    def second(self, step: int) -> None:
        self.done = [*self.done, f"second {step}"]

    @rx.event
    @policy("user")
    def revoke_carol(self) -> None:
        REVOKED.add("carol")

    @rx.event
    @policy("user")
    def restore_carol(self) -> None:
        REVOKED.discard("carol")


class Far(rx.State):
    """A leaf that an event of Wallet does not load from Redis."""

    secret: str = ""
    calls: int = 0

    @rx.event
    @policy("user")
    def keep(self, secret: str) -> None:
        self.secret = secret

    @rx.event
    @policy("public")
    def poke(self) -> None:
        self.calls += 1


class Settings(rx.State):
    taste: str = rx.LocalStorage("")
    _private: str = ""


@dataclass
class Order:
    price: int = 10
    is_admin_only: bool = True


class Desk(rx.State):
    rows: rx.Field[list[str]] = rx.field(default_factory=list)

    @rx.event
    @policy("operator", "tokens.grant")
    def give(self, tokens: int) -> None:
        self.rows = [*self.rows, f"gave {tokens}"]

    @rx.event
    @policy("operator")
    def read(self) -> None:
        self.rows = [*self.rows, "read"]

    @rx.event(background=True)
    @policy("operator", "tokens.grant")
    async def give_later(self) -> None:
        await asyncio.sleep(0)
        async with self:
            self.rows = [*self.rows, "gave later"]

    @rx.event
    @policy("user")
    def buy(self, order: Order) -> None:
        self.rows = [*self.rows, f"bought {order.price}"]

    def load_desk(self) -> None:
        self.rows = ["everybody's data"]


class Private(rx.State):
    page: str = ""

    @rx.event
    @policy("user")
    def load(self) -> None:
        self.page = "loaded"


def nothing() -> rx.Component:
    return rx.el.div()


app = rx.App(toaster=None, app_wraps={})
app.add_page(nothing, route="/", on_load=Wallet.look)
app.add_page(nothing, route="/desk", on_load=Desk.load_desk)
app.add_page(nothing, route="/private", on_load=Private.load)
gate.install(app, find, time.monotonic, is_https=False)
