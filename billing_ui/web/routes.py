"""The addresses of the plain-HTTP doors."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.routing import Route

from billing_ui.web import export, home, links, pictures, receipts, session, usage_export
from billing_ui.web.doors import door

_FORMS = {
    "/session/sign-in": door("/auth/", session.sign_in),
    "/session/sign-up": door("/auth/?tab=signup", session.sign_up),
    "/session/sign-out": door("/auth/", session.sign_out),
    "/session/sign-out-everywhere": door("/auth/", session.sign_out_everywhere),
    "/session/forgot": door("/auth/reset/", links.forgot),
    "/session/reset": door("/auth/reset/", links.reset),
    "/session/verify": door("/auth/verify/", links.verify),
    "/session/resend": door("/auth/verify/", links.resend),
    "/session/email": door("/auth/verify/", links.correct_email),
}
_PLACES = {
    "/": home.home,
    "/subscription/upgrade": home.upgrade,
    "/subscription/upgrade/": home.upgrade,
    "/qr/{ref}.png": pictures.qr,
    "/receipts/{number}.pdf": receipts.pdf,
    "/export/history.csv": export.history_csv,
    "/export/usage.csv": usage_export.usage_csv,
}


def add_doors(app: Starlette) -> None:
    for path, answer in _FORMS.items():
        app.router.routes.append(Route(path, answer, methods=["POST"]))
    for path, answer in _PLACES.items():
        app.router.routes.append(Route(path, answer, methods=["GET"]))
