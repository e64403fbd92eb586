"""Somebody at a page of the product: goes places, clicks, asks for a code, and waits for what must come by itself."""

from dataclasses import dataclass, field
from uuid import uuid4

from playwright.sync_api import BrowserContext, Locator, Page, WebSocket, expect

from tests.stack import Stack, visit

PHONE = {"width": 360, "height": 800}
PASSWORD = "kata-sandi-yang-panjang"
PATIENCE_S = 10
OVERVIEW = "/subscription/overview/"
PLANS = "/subscription/plans/"
TOPUP = "/subscription/topup/"
HISTORY = "/subscription/history/"
SETTINGS = "/settings/"
USAGE = "/usage/"
EXPLORE = "/usage/explore/"


@dataclass(frozen=True)
class Desk:
    """One tab."""

    page: Page
    stack: Stack
    email: str = ""

    def beside(self) -> "Desk":
        """Another tab of the same browser."""
        return Desk(self.page.context.new_page(), self.stack, self.email)

    def goes_to(self, path: str) -> None:
        visit(self.page, self.stack.app_url + path)

    def sees(self, testid: str) -> Locator:
        """What is visible of it: wide and narrow screens may hold the same thing twice."""
        return self.page.get_by_test_id(testid).locator("visible=true").first

    def clicks(self, testid: str) -> None:
        self.sees(testid).click()

    def balance(self) -> int:
        return int(self.page.get_by_test_id("balance").first.get_attribute("data-value") or "")

    def ref(self) -> str:
        return self.page.get_by_test_id("pay-status").get_attribute("data-ref") or ""

    def asks_for(self, amount: int, method: str = "QRIS") -> str:
        """From the top-up page to a code that waits to be paid; answers the purchase's ref."""
        self.goes_to(TOPUP)
        self.clicks(f"amount-{amount}")
        self.clicks(f"method-{method}")
        expect(self.page.get_by_test_id(f"method-{method}").get_by_role("radio")).to_be_checked()
        return self.pays()

    def pays(self) -> str:
        self.clicks("pay-submit")
        self.page.wait_for_url("**/pay/*/")
        self.awaits_status("pending")
        self.page.locator("main[data-ready=true]").wait_for()
        return self.ref()

    def awaits_status(self, wanted: str, within_s: float = PATIENCE_S) -> None:
        shown = self.page.get_by_test_id("pay-status")
        expect(shown).to_have_attribute("data-status", wanted, timeout=within_s * 1000)

    def awaits_balance(self, tokens: int, within_s: float = PATIENCE_S) -> None:
        """Every place on the page that shows the balance says the same."""
        shown = self.page.get_by_test_id("balance")
        expect(shown).not_to_have_count(0)
        for place in shown.all():
            expect(place).to_have_attribute("data-value", str(tokens), timeout=within_s * 1000)


def new_address() -> str:
    return f"pelanggan-{uuid4().hex[:12]}@mail.test"


def sign_up(context: BrowserContext, stack: Stack) -> Desk:
    """By the door that the form is posted to; the form itself is walked through in the first journey."""
    email = new_address()
    answer = context.request.post(
        f"{stack.app_url}/session/sign-up",
        form={"email": email, "password": PASSWORD, "name": "Ratna", "zone": "Asia/Jakarta", "language": "id"},
        headers={"Origin": stack.app_url},
        max_redirects=0,
    )
    assert answer.status == 303 and "error" not in answer.headers["location"], answer.headers
    return Desk(context.new_page(), stack, email)


@dataclass
class Frames:
    """What travels over the websockets of a page. The transport's own heartbeat is no event."""

    sent: list[str] = field(default_factory=list)
    received: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, page: Page) -> "Frames":
        """Must be asked for before the page opens its line."""
        frames = cls()
        page.on("websocket", frames._listen)
        return frames

    def _listen(self, line: WebSocket) -> None:
        line.on("framesent", lambda frame: self._keep(self.sent, frame))
        line.on("framereceived", lambda frame: self._keep(self.received, frame))

    @staticmethod
    def _keep(heap: list[str], frame: str | bytes) -> None:
        text = frame.decode(errors="replace") if isinstance(frame, bytes) else frame
        if text not in {"2", "3"}:
            heap.append(text)

    def clear(self) -> None:
        self.sent.clear()
        self.received.clear()

    @property
    def all(self) -> list[str]:
        return [*self.sent, *self.received]
