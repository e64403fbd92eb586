"""Xendit, Payments API v3: Indonesian QR, virtual accounts and e-wallets, in whole rupiah."""

from billing_ui.gateways.xendit.adapter import XenditGateway

__all__ = ["XenditGateway"]
