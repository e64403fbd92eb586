"""The phone that pays, as a person sees it. Plain HTML, no scripts."""

import segno
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from billing_ui.sandbox import acts, wishes
from billing_ui.sandbox.bodies import BodyError, read_form
from billing_ui.sandbox.channels import Kind
from billing_ui.sandbox.look import Look
from billing_ui.sandbox.orders import PHONE_NAMES
from billing_ui.sandbox.payments import NotPayableError
from billing_ui.sandbox.state import LATE, PaymentRequest
from billing_ui.sandbox.way_back import web_page
from billing_ui.sandbox.world import World


class Pages:
    def __init__(self, world: World) -> None:
        self._world = world
        self._look = Look(world.settings)

    async def phones(self, request: Request) -> Response:
        code = "".join(request.query_params.get("code", "").split())
        found = self._by_code(code) if code else None
        if found is not None:
            return self._look.see(request, f"/phone/{found.id}")
        waiting = [one for one in self._world.books.newest_first() if one.is_open]
        return self._look.page(request, "phone_list.html", here="/phone", requests=waiting, missing=bool(code))

    async def phone(self, request: Request, *, wrong: str = "") -> Response:
        found = self._world.books.find(request.path_params["reference"])
        if found is None:
            return self._look.page(request, "phone_list.html", status=404, here="/phone", requests=[], missing=True)
        return self._look.page(
            request,
            "wallet.html" if found.channel.kind is Kind.WALLET else "phone.html",
            status=409 if wrong else 200,
            here="/phone",
            request=found,
            merchant=self._world.settings.merchant,
            number=found.action("VIRTUAL_ACCOUNT_NUMBER"),
            has_qr=found.action("QR_STRING") is not None,
            can_be_late=found.status in LATE,
            told=found.deliveries[-1] if found.deliveries else None,
            payer=next((found.properties[name] for name in PHONE_NAMES if name in found.properties), ""),
            is_push=found.channel.phone_required,
            return_url=self._return_url(found),
            done="done" in request.query_params,
            wrong=wrong,
        )

    async def qr(self, request: Request) -> Response:
        found = self._world.books.find(request.path_params["reference"])
        payload = found.action("QR_STRING") if found else None
        if payload is None:
            return Response(status_code=404)
        svg = segno.make(payload, error="m", micro=False).svg_inline(border=0, scale=4, omitsize=True)
        svg = svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
        return Response(svg, media_type="image/svg+xml")

    async def act(self, request: Request) -> Response:
        found = self._world.books.requests.get(request.path_params["reference"])
        act = request.path_params["act"]
        if found is None or act not in {"pay", "fail", "expire"}:
            return await self.phone(request)
        form = await read_form(request)
        try:
            if act == "pay":
                await acts.pay(self._world, found, wishes.read_pay(_pay_wishes(form)))
            elif act == "fail":
                await acts.fail(self._world, found, wishes.FailOptions())
            else:
                await acts.expire(self._world, found)
        except (BodyError, NotPayableError) as reason:
            return await self.phone(request, wrong=str(reason))
        return self._look.see(request, f"/phone/{found.id}", done="1")

    def _return_url(self, found: PaymentRequest) -> str:
        """Wallets and cards send the payer back to the shop; QR, bank and phone payments happen elsewhere."""
        if found.is_open or found.channel.kind not in {Kind.WALLET, Kind.CARD} or found.channel.phone_required:
            return ""
        wanted = "success_return_url" if found.status == "SUCCEEDED" else "failure_return_url"
        return web_page(found.properties.get(wanted, self._world.settings.bill_url(found.stem)))

    def _by_code(self, code: str) -> PaymentRequest | None:
        for one in self._world.books.newest_first():
            if code in {"".join(action["value"].split()) for action in one.actions}:
                return one
        return self._world.books.find(code)


def routes(world: World) -> list[Route]:
    pages = Pages(world)
    return [
        Route("/phone", pages.phones),
        Route("/phone/{reference}", pages.phone),
        Route("/phone/{reference}/qr.svg", pages.qr),
        Route("/phone/{reference}/{act}", pages.act, methods=["POST"]),
    ]


def _pay_wishes(form: dict[str, list[str]]) -> dict[str, object]:
    wishes: dict[str, object] = {name: True for name in ("drop_webhook", "after_expiry") if name in form}
    for name in ("amount", "times", "payments"):
        typed = form.get(name, [""])[0].replace(".", "")
        if typed:
            wishes[name] = int(typed) if typed.isdecimal() else typed
    return wishes
