"""The addresses of the plain-HTTP doors."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.routing import Route

from billing_ui.web import home, pictures, session

_FORMS = {
    "/session/sign-in": session.door("/auth/", session.sign_in),
    "/session/sign-up": session.door("/auth/?tab=signup", session.sign_up),
    "/session/sign-out": session.door("/auth/", session.sign_out),
    "/session/sign-out-everywhere": session.door("/auth/", session.sign_out_everywhere),
    "/session/forgot": session.door("/auth/reset/", session.forgot),
    "/session/reset": session.door("/auth/reset/", session.reset),
    "/session/verify": session.door("/auth/verify/", session.verify),
    "/session/resend": session.door("/auth/verify/", session.resend),
    "/session/email": session.door("/auth/verify/", session.correct_email),
}
_PLACES = {
    "/": home.home,
    "/subscription/upgrade": home.upgrade,
    "/subscription/upgrade/": home.upgrade,
    "/qr/{ref}.png": pictures.qr,
}


def add_doors(app: Starlette) -> None:
    for path, answer in _FORMS.items():
        app.router.routes.append(Route(path, answer, methods=["POST"]))
    for path, answer in _PLACES.items():
        app.router.routes.append(Route(path, answer, methods=["GET"]))
