"""The receipt as a file: for members of its account and for operators, in the language they ask for."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from billing_ui import runtime
from billing_ui.env import Env
from billing_ui.i18n.load import LANGUAGES
from billing_ui.rules.access import Actor
from billing_ui.rules.errors import NotFound, SignInRequired
from billing_ui.security.redirects import sign_in_path
from billing_ui.services import papers, receipts
from billing_ui.web.doors import see_other, viewer_of


async def pdf(request: Request) -> Response:
    """Whoever is not signed in does that first; somebody else's receipt and none at all answer alike."""
    env, number = runtime.env(), str(request.path_params["number"])
    wanted = request.query_params.get("lang", "")
    try:
        who = await viewer_of(request, env)
        paper = await runtime.run(_paper, env, who.actor, number, wanted)
    except SignInRequired:
        return see_other(sign_in_path(request.url.path))
    except NotFound:
        return PlainTextResponse("not found\n", status_code=404, headers={"Cache-Control": "no-store"})
    headers = {
        "Cache-Control": "private, no-store",
        "Content-Disposition": f'inline; filename="{number}.pdf"',
        "X-Content-Type-Options": "nosniff",
        "X-Robots-Tag": "noindex",
    }
    return Response(paper, media_type="application/pdf", headers=headers)


def _paper(env: Env, actor: Actor, number: str, wanted: str) -> bytes:
    receipt = receipts.show(env, actor, number)
    return papers.receipt_pdf(env, receipt, wanted if wanted in LANGUAGES else receipt.language)
