"""The gate of the websocket: what may enter, whose state it meets, and which handler it may reach."""

from billing_ui.security.gate.entrance import GatedNamespace
from billing_ui.security.gate.install import install
from billing_ui.security.gate.middleware import Gate, viewer

__all__ = ["Gate", "GatedNamespace", "install", "viewer"]
