"""How long it takes from the app's answer to a webhook until the payer's page shows the money."""

import time

from tests.journeys.desk import Desk
from tests.journeys.gateway import Gateway

# The instant is taken in the browser, when the page has changed; waiting for it from outside would add to it.
_WATCH = """() => {
  const shown = () => document.querySelector('[data-testid=pay-status]')?.dataset.status === 'paid';
  window.paidAt = null;
  new MutationObserver(() => {
    if (window.paidAt === null && shown()) window.paidAt = performance.timeOrigin + performance.now();
  }).observe(document.body, { subtree: true, attributes: true, childList: true });
}"""


def accepted_to_shown_ms(desk: Desk, gateway: Gateway, amount: int = 25_000) -> float:
    """One payment by QRIS. The clock starts early rather than late: what the sandbox does before it delivers counts."""
    desk.asks_for(amount)
    desk.page.evaluate(_WATCH)
    called_at = time.time() * 1000
    told = gateway.pay(desk.ref())
    desk.awaits_status("paid")
    (delivery,) = told["deliveries"]
    assert delivery["status"] == 200, delivery
    shown_at = float(desk.page.evaluate("window.paidAt"))
    return shown_at - called_at - float(delivery["ms"])
