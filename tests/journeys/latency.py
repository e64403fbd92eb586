"""How long it takes from the app's answer to a webhook until the payer's page shows the money, and what any event of a
page takes at that moment."""

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

# The page's own line to the server, kept where a test finds it.
_KEEP_LINE = """
  const Line = window.WebSocket;
  window.WebSocket = class extends Line { constructor(...how) { super(...how); window.line = this; } };
"""
_ASK = """() => new Promise((done) => {
  const began = performance.now();
  const hear = ({ data }) => {
    if (!String(data).startsWith('42')) return;
    window.line.removeEventListener('message', hear);
    done(performance.now() - began);
  };
  window.line.addEventListener('message', hear);
  document.dispatchEvent(new Event('visibilitychange'));
})"""


def keep_line(desk: Desk) -> None:
    """Before the page is opened."""
    desk.page.add_init_script(_KEEP_LINE)


def asked_to_answered_ms(desk: Desk) -> float:
    """The plainest event there is: an open page asks how its payment stands, and hears that nothing is new."""
    return float(desk.page.evaluate(_ASK))


def accepted_to_shown_ms(desk: Desk, gateway: Gateway) -> float:
    """The payment whose code the page shows. The clock starts early rather than late: what the sandbox does before it
    delivers counts."""
    desk.page.evaluate(_WATCH)
    called_at = time.time() * 1000
    told = gateway.pay(desk.ref())
    desk.awaits_status("paid")
    (delivery,) = told["deliveries"]
    assert delivery["status"] == 200, delivery
    shown_at = float(desk.page.evaluate("window.paidAt"))
    return shown_at - called_at - float(delivery["ms"])
