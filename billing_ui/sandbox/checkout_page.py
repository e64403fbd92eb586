"""The page of a session or an invoice, where the payer chooses how to pay."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from billing_ui.sandbox import acts, checkouts
from billing_ui.sandbox.bodies import read_fields
from billing_ui.sandbox.channels import CHANNELS
from billing_ui.sandbox.look import Look
from billing_ui.sandbox.payments import NotPayableError
from billing_ui.sandbox.records import Checkout
from billing_ui.sandbox.way_back import web_page
from billing_ui.sandbox.world import World


class CheckoutPage:
    def __init__(self, world: World) -> None:
        self._world = world
        self._look = Look(world.settings)

    async def show(self, request: Request, *, wrong: str = "") -> Response:
        found = self._world.books.checkouts.get(request.path_params["id"])
        if found is None:
            return self._look.see(request, "/phone")
        return self._look.page(
            request,
            "checkout.html",
            status=409 if wrong else 200,
            here="/phone",
            checkout=found,
            merchant=self._world.settings.merchant,
            channels=[CHANNELS[code] for code in found.channels],
            return_url=_return_url(found),
            wrong=wrong,
        )

    async def act(self, request: Request) -> Response:
        found = self._world.books.checkouts.get(request.path_params["id"])
        act = request.path_params["act"]
        if found is None or act not in {"pay", "expire"}:
            return self._look.see(request, "/phone")
        form = await read_fields(request)
        try:
            if act == "pay":
                told = checkouts.pay(self._world, found, form.get("channel", ""))
            else:
                told = checkouts.expire(self._world, found)
        except NotPayableError as reason:
            return await self.show(request, wrong=str(reason))
        await acts.announce(self._world, told)
        return self._look.see(request, f"/checkout/{found.id}")


def routes(world: World) -> list[Route]:
    page = CheckoutPage(world)
    return [
        Route("/checkout/{id}", page.show),
        Route("/checkout/{id}/{act}", page.act, methods=["POST"]),
    ]


def _return_url(found: Checkout) -> str:
    if found.is_open:
        return ""
    is_paid = found.status in {"COMPLETED", "PAID"}
    names = ("success_return_url", "success_redirect_url") if is_paid else ("cancel_return_url", "failure_redirect_url")
    return web_page(next((found.extras[name] for name in names if name in found.extras), ""))
