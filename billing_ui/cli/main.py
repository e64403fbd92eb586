"""`billing-ui`: every act of the desk that a person may want without a browser."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from sqlalchemy.exc import SQLAlchemyError

from billing_ui import runtime
from billing_ui.cli import (
    account,
    catalogue,
    db,
    demo,
    disputes,
    jobs,
    keys,
    mails,
    payments,
    receipts,
    reconcile,
    seed,
    serve,
    settings,
    usage,
    user,
    verify,
    webhooks,
    worker,
)
from billing_ui.cli.exits import REFUSED, TRY_AGAIN, WRONG_USE, exit_code
from billing_ui.cli.frontend import BuildFailedError
from billing_ui.cli.terminal import refusal
from billing_ui.config import ConfigInvalid
from billing_ui.rules.errors import BillingError

_COMMANDS = (
    demo, serve, worker, db, seed, catalogue, account, user, keys, usage, payments, disputes, webhooks, receipts,
    reconcile, mails, settings, jobs, verify,
)  # fmt: skip

_NO_TABLE = ("no such table", "does not exist")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="billing-ui", description=__doc__)
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for command in _COMMANDS:
        command.register(commands)
    options = parser.parse_args(arguments)
    try:
        code = int(options.run(options))
        sys.stdout.flush()
        return code
    except BillingError as error:
        print(f"billing-ui: {refusal(error)}", file=sys.stderr)
        return exit_code(error)
    except (ConfigInvalid, BuildFailedError) as error:
        print(f"billing-ui: {error}", file=sys.stderr)
        return WRONG_USE
    except SQLAlchemyError as error:
        why = str(getattr(error, "orig", error)).splitlines()[0]
        hint = "; has `billing-ui db upgrade` been run on it?" if any(word in why for word in _NO_TABLE) else ""
        print(f"billing-ui: the database did not answer as expected: {error.__class__.__name__}: {why}{hint}",
              file=sys.stderr)  # fmt: skip
        return TRY_AGAIN
    except BrokenPipeError:
        # Whoever reads has read enough, as `head` does; what is still buffered has nowhere to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return REFUSED
    finally:
        runtime.close()


if __name__ == "__main__":
    sys.exit(main())
