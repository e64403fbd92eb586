"""All money that moved, as one list: payments that came in, refunds that went back."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from billing_ui.sandbox.channels import Channel
from billing_ui.sandbox.world import World


@dataclass(frozen=True, slots=True)
class Move:
    """Money that moved; its id is made of the id of what moved it, so that it is the same on every page."""

    product_id: str
    type: str
    reference: str
    channel: Channel
    account: str | None
    amount: int
    created: datetime
    updated: datetime

    @property
    def id(self) -> str:
        return "txn_" + self.product_id.split("-", 1)[1]


def moves(world: World) -> Iterator[Move]:
    for payment in world.books.payments.values():
        if payment.status != "SUCCEEDED":
            continue
        asked = world.books.requests[payment.request_id]
        yield Move(
            product_id=payment.id,
            type="PAYMENT",
            reference=asked.reference,
            channel=asked.channel,
            account=asked.action("VIRTUAL_ACCOUNT_NUMBER"),
            amount=payment.amount,
            created=payment.created,
            updated=payment.updated,
        )
    for refund in world.books.refunds.values():
        if refund.status != "SUCCEEDED":
            continue
        yield Move(
            product_id=refund.id,
            type="REFUND",
            reference=refund.reference,
            channel=world.books.requests[refund.request_id].channel,
            account=None,
            amount=refund.amount,
            created=refund.created,
            updated=refund.updated,
        )
