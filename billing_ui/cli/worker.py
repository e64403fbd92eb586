"""`billing-ui worker`: runs due jobs, without serving pages."""

from __future__ import annotations

import argparse
import os
import signal
import socket
import threading

from billing_ui import runtime
from billing_ui.jobs import schedule
from billing_ui.jobs.runner import Runner
from billing_ui.security import redaction


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("worker", help=__doc__)
    parser.add_argument("--threads", type=int, default=4)
    parser.set_defaults(run=work)


def work(options: argparse.Namespace) -> int:
    env = runtime.env()
    redaction.install(env.config.log_level)
    schedule.arm(env)
    runner = Runner(env, schedule.HANDLERS, f"worker-{socket.gethostname()}-{os.getpid()}", options.threads)
    runtime.wake_with(env, runner.awaken)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    runner.start()
    print("worker: running due jobs; Ctrl-C ends it", flush=True)
    stop.wait()
    runner.stop()
    return 0
