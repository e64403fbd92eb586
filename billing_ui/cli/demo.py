"""`billing-ui demo`: the whole product on this machine, with a look-alike of the gateways and people to sign in as."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading

from billing_ui.catalogues.load import load as load_catalogue
from billing_ui.cli import demo_data, demo_stack, demo_story
from billing_ui.cli.children import Children
from billing_ui.cli.demo_wishes import CannotStartError, Wishes, wishes
from billing_ui.cli.frontend import BuildFailedError, ensure_built
from billing_ui.config import ConfigInvalid
from billing_ui.rules.errors import Misconfigured

WATCH_S = 0.5


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    commands.add_parser("demo", help=__doc__).set_defaults(run=run)


def run(_options: argparse.Namespace) -> int:
    """Runs until somebody ends it; says in one sentence why, when it cannot start."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: _stop_now(stop))
    children: Children | None = None
    try:
        chosen = wishes(dict(os.environ))
        chosen.folder.mkdir(parents=True, exist_ok=True)
        children = Children(chosen.folder)
        _run(chosen, children, stop)
    except _StoppedError:
        print("\n==> ended", flush=True)
        return 0
    except Misconfigured as error:
        print(f"billing-ui demo: {error.facts['what']}", file=sys.stderr, flush=True)
        return 1
    except (CannotStartError, BuildFailedError, ConfigInvalid) as error:
        print(f"billing-ui demo: {error}", file=sys.stderr, flush=True)
        return 1
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)  # ending is not interrupted
        if children is not None:
            children.end()
    return 0


class _StoppedError(Exception):
    """Somebody asked us to end."""


def _stop_now(stop: threading.Event) -> None:
    if not stop.is_set():
        stop.set()
        raise _StoppedError


def _run(chosen: Wishes, children: Children, stop: threading.Event) -> None:
    told = chosen.folder / "demo.json"
    told.unlink(missing_ok=True)
    for name, port in (("PORT", chosen.port), ("SANDBOX_PORT", chosen.sandbox_port)):
        demo_stack.refuse_taken(name, port)
    load_catalogue(chosen.catalogue)
    environment = demo_stack.environment(chosen)
    ensure_built(chosen.catalogue, environment, demo_story.say)
    demo_stack.start_sandbox(chosen, children, environment)
    demo_story.say("preparing the database")
    currency, people = demo_data.prepare(environment, chosen.sandbox_url)
    demo_story.say("starting")
    demo_stack.start_app(chosen, children, environment)
    facts = demo_story.facts(chosen, environment, currency, people)
    demo_story.write(told, facts)
    print(demo_story.block(facts), flush=True)
    while not stop.wait(WATCH_S):
        fallen = children.fallen()
        if fallen is not None:
            raise CannotStartError(f"{fallen.name} has ended by itself; {fallen.log}:\n{fallen.last_words()}")
