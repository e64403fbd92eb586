"""The inbox: every mail the app sent, as its reader would see it."""

import re

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from billing_ui.sandbox.look import Look
from billing_ui.sandbox.world import World

_MAIL_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline';"
    " img-src data: http: https:; frame-ancestors 'self'"
)
_SHOWN = 200
_HEAD = re.compile(r"<head\b[^>]*>|^(?!.*<head\b)", re.IGNORECASE | re.DOTALL)


class Inbox:
    def __init__(self, world: World) -> None:
        self._world = world
        self._look = Look(world.settings)

    async def everything(self, request: Request) -> Response:
        wanted = request.query_params.get("to", "").strip()
        mails = [
            mail
            for mail in reversed(self._world.books.mails)
            if not wanted or any(wanted.lower() in to.lower() for to in mail.to)
        ]
        return self._look.page(request, "inbox.html", here="/inbox", mails=mails[:_SHOWN], wanted=wanted)

    async def one(self, request: Request) -> Response:
        mail = self._world.books.mail(request.path_params["id"])
        if mail is None:
            return self._look.page(request, "inbox.html", status=404, here="/inbox", mails=[], wanted="")
        return self._look.page(request, "mail.html", here="/inbox", mail=mail)

    async def html(self, request: Request) -> Response:
        """The mail itself, without scripts and in no one's name; its links open beside it."""
        mail = self._world.books.mail(request.path_params["id"])
        if mail is None:
            return Response(status_code=404)
        content = _HEAD.sub(r'\g<0><base target="_blank">', mail.html, count=1)
        return HTMLResponse(content, headers={"content-security-policy": _MAIL_POLICY})


def routes(world: World) -> list[Route]:
    inbox = Inbox(world)
    return [
        Route("/inbox", inbox.everything),
        Route("/inbox/{id}", inbox.one),
        Route("/inbox/{id}/html", inbox.html),
    ]
