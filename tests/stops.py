"""Every page as a visitor, a customer, a newcomer and an operator find it: for the tour and for the tests of looks."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Stop:
    """One page, who looks at it, and what is clicked before the picture is taken."""

    name: str
    path: str
    role: str | None = None
    clicks: tuple[str, ...] = ()


STOPS = (
    Stop("pricing", "/pricing/"),
    Stop("auth", "/auth/"),
    Stop("auth-sign-up", "/auth/", clicks=("auth-tab-signup",)),
    Stop("auth-reset", "/auth/reset/"),
    Stop("auth-verify", "/auth/verify/"),
    Stop("receipt", "/receipts/KW-2026-000001/"),
    Stop("not-found", "/nothing-is-here/"),
    Stop("overview", "/subscription/overview/", "customer"),
    Stop("plans", "/subscription/plans/", "customer"),
    Stop("topup", "/subscription/topup/", "customer"),
    Stop("pay-qris", "/subscription/topup/", "customer", ("amount-50000", "method-QRIS", "pay-submit")),
    Stop("pay-va", "/subscription/topup/", "customer", ("amount-100000", "method-VA_BCA", "pay-submit")),
    Stop("pay-dana", "/subscription/topup/", "customer", ("amount-50000", "method-DANA", "pay-submit")),
    Stop("pay-shopeepay", "/subscription/topup/", "customer", ("amount-50000", "method-SHOPEEPAY", "pay-submit")),
    Stop("topup-ovo", "/subscription/topup/", "customer", ("method-OVO",)),
    Stop("history", "/subscription/history/", "customer"),
    Stop("usage", "/usage/", "customer"),
    Stop("usage-explore", "/usage/explore/", "customer"),
    Stop("usage-by-operation", "/usage/explore/?by=operation&range=month", "customer"),
    Stop("settings", "/settings/", "customer"),
    Stop("newcomer-overview", "/subscription/overview/", "newcomer"),
    Stop("busy-overview", "/subscription/overview/", "busy"),
    Stop("busy-usage", "/usage/", "busy"),
    Stop("newcomer-usage", "/usage/", "newcomer"),
    Stop("newcomer-explore", "/usage/explore/?by=session", "newcomer"),
    Stop("newcomer-plans", "/subscription/plans/", "newcomer"),
    Stop("newcomer-bpp", "/subscription/plans/", "newcomer", ("plan-bpp-choose",)),
    Stop("desk", "/admin/", "finance"),
    Stop("desk-payments", "/admin/payments/", "finance"),
    Stop("desk-none", "/admin/payments/?q=top_nobody", "finance"),
    Stop("desk-keys", "/admin/keys/", "admin"),
    Stop("desk-keys-new", "/admin/keys/", "admin", ("key-new",)),
    Stop("desk-keys-closed", "/admin/keys/", "finance"),
    Stop("desk-closed", "/admin/payments/", "newcomer"),
)
