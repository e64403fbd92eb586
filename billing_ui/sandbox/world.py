"""One sandbox with all it owns, handed to every door."""

from dataclasses import dataclass
from random import Random

from billing_ui.sandbox.agenda import Agenda
from billing_ui.sandbox.books import Books
from billing_ui.sandbox.carrier import Carrier
from billing_ui.sandbox.clock import Clock, VirtualClock, real_clock
from billing_ui.sandbox.faults import Faults
from billing_ui.sandbox.ids import Ids
from billing_ui.sandbox.modes import Modes
from billing_ui.sandbox.scene import Scene
from billing_ui.sandbox.settings import Settings
from billing_ui.sandbox.switches import Switches
from billing_ui.sandbox.webhooks import Postman


@dataclass(frozen=True, slots=True)
class World:
    settings: Settings
    clock: VirtualClock
    ids: Ids
    books: Books
    switches: Switches
    modes: Modes
    dice: Random
    faults: Faults
    agenda: Agenda
    carrier: Carrier
    postman: Postman
    scene: Scene

    def reset(self) -> None:
        self.books.clear()
        self.agenda.clear()
        self.postman.forget()
        self.faults.clear()
        self.faults.weather = self.scene.day = self.scene.last = None
        self.switches.set(Switches().view())
        self.modes.set(Modes().view())
        self.clock.reset()


def make_world(settings: Settings, base: Clock = real_clock) -> World:
    clock, switches, books = VirtualClock(base), Switches(), Books()
    agenda = Agenda(clock)
    carrier = Carrier(settings, clock, switches, books)
    postman = Postman(carrier, clock, agenda, switches, books)
    return World(
        settings=settings,
        clock=clock,
        ids=Ids(settings.seed),
        books=books,
        switches=switches,
        modes=Modes(),
        dice=Random(settings.seed),
        faults=Faults(),
        agenda=agenda,
        carrier=carrier,
        postman=postman,
        scene=Scene(),
    )
