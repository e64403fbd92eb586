"""The inbox: every mail the app sent, as its reader would see it."""

import re

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from billing_ui.sandbox.look import Look
from billing_ui.sandbox.mail_news import NEWS, MailNews
from billing_ui.sandbox.state import Mail
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
        self._news = MailNews(world)

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
        return self._look.page(
            request,
            "mail.html",
            here="/inbox",
            mail=mail,
            news=tuple(NEWS) if self._world.settings.mail_secret else (),
            done="done" in request.query_params,
        )

    async def tell(self, request: Request) -> Response:
        """The button of a person: this became of the mail, and the app hears of it."""
        found = self._told_of(request)
        if isinstance(found, Response):
            return found
        await self._news.tell(*found)
        return self._look.see(request, f"/inbox/{found[0].id}", done="1")

    async def act(self, request: Request) -> Response:
        """The same for a program, with what the app answered."""
        found = self._told_of(request)
        if isinstance(found, Response):
            return found
        delivery = await self._news.tell(*found)
        return JSONResponse({"event": delivery.event, "event_id": delivery.event_id, "status": delivery.status})

    def _told_of(self, request: Request) -> tuple[Mail, str] | Response:
        mail, news = self._world.books.mail(request.path_params["id"]), request.path_params["news"]
        if mail is None or news not in NEWS:
            return JSONResponse({"error": "not_found", "message": "no such mail, or nothing that happens to one"}, 404)
        if not self._world.settings.mail_secret:
            return JSONResponse({"error": "not_configured", "message": "start the sandbox with --mail-secret"}, 409)
        return mail, news

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
        Route("/inbox/{id}/tell/{news}", inbox.tell, methods=["POST"]),
    ]


def acts(world: World) -> list[Route]:
    return [Route("/mails/{id}/{news}", Inbox(world).act, methods=["POST"])]
