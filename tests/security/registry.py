"""Prints every event handler an app registers, as JSON: `python -m tests.security.registry MODULE`."""

import importlib
import inspect
import json
import sys

from reflex_base.registry import RegistrationContext

from billing_ui.security.payloads import UnsafeSignatureError, payload_model
from billing_ui.security.policy import policy_of


def main(module: str) -> None:
    importlib.import_module(module)
    listed = []
    for name, registered in RegistrationContext.get().event_handlers.items():
        handler = registered.handler.fn
        policy = policy_of(handler)
        try:
            payload_model(handler)
            is_plain = True
        except (UnsafeSignatureError, NameError):
            is_plain = False
        listed.append(
            {
                "name": name,
                "audience": policy.audience if policy else None,
                "permission": policy.permission if policy else None,
                "room": handler.__module__,
                "is_plain": is_plain,
                "arguments": list(inspect.signature(handler).parameters)[1:],
                "is_ours": not handler.__module__.startswith("reflex"),
            }
        )
    sys.stdout.write(json.dumps(listed))


if __name__ == "__main__":
    main(sys.argv[1])
