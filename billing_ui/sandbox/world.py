"""One sandbox with all it owns, handed to every door."""

from dataclasses import dataclass

from billing_ui.sandbox.agenda import Agenda
from billing_ui.sandbox.clock import Clock, real_clock
from billing_ui.sandbox.ids import Ids
from billing_ui.sandbox.settings import Settings
from billing_ui.sandbox.state import Books
from billing_ui.sandbox.switches import Switches
from billing_ui.sandbox.webhooks import Postman


@dataclass(frozen=True, slots=True)
class World:
    settings: Settings
    clock: Clock
    ids: Ids
    books: Books
    switches: Switches
    agenda: Agenda
    postman: Postman

    def reset(self) -> None:
        self.books.clear()
        self.agenda.clear()
        self.switches.set(Switches().view())


def make_world(settings: Settings, clock: Clock = real_clock) -> World:
    agenda, switches = Agenda(clock), Switches()
    postman = Postman(settings, clock, agenda, switches)
    return World(settings, clock, Ids(settings.seed), Books(), switches, agenda, postman)
