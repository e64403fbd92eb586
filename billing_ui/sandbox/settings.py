"""What a sandbox is started with, and the starts it refuses."""

import base64
import binascii
import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit


class UnsafeStartError(Exception):
    """The sandbox would be reachable, or would stand beside real money."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that may differ between two sandboxes; `port` 0 is for tests that bind by themselves."""

    port: int = 0
    host: str = "127.0.0.1"
    app_url: str = "http://127.0.0.1:3000"
    webhook_path: str = "/api/webhooks/xendit"
    bill_path: str = "/pay/{reference}/?returned=1"
    callback_token: str = "sandbox-callback-token"
    mail_webhook_path: str = "/api/webhooks/resend"
    mail_secret: str = ""
    """Signs news of mails (`whsec_…`); without one nothing is told."""
    public_url: str = ""
    merchant: str = "TOKO UJI COBA"
    nmid: str = "ID1020304050607"
    seed: int | None = None
    calls_per_minute: int = 600
    environment: str = "demo"

    @property
    def webhook_url(self) -> str:
        return self.app_url.rstrip("/") + self.webhook_path

    def bill_url(self, reference: str) -> str:
        """Where the shop shows one bill: the way back for a payer whom the shop gave no return address."""
        return self.app_url.rstrip("/") + self.bill_path.format(reference=reference)

    @property
    def mail_webhook_url(self) -> str:
        return self.app_url.rstrip("/") + self.mail_webhook_path

    @property
    def own_url(self) -> str:
        """Where a browser finds the phone pages; links handed to the app start with it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return (self.public_url or f"http://{host}:{self.port}").rstrip("/")


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def refuse_unsafe(settings: Settings, environ: Mapping[str, str]) -> None:
    """Money that is not real must never be taken for money that is."""
    if "production" in {settings.environment.lower(), environ.get("ENV", "").lower()}:
        raise UnsafeStartError("The sandbox does not start when ENV=production: its payments are not real.")
    if not is_loopback(settings.host):
        raise UnsafeStartError(f"The sandbox binds loopback only; --host {settings.host} is reachable from outside.")
    if settings.mail_secret and not _is_signing_secret(settings.mail_secret):
        raise UnsafeStartError("--mail-secret must be whsec_ and base64, as Resend shows its signing secrets.")
    if not is_loopback(urlsplit(settings.app_url).hostname or ""):
        raise UnsafeStartError(f"The sandbox reports to loopback only; --app-url {settings.app_url} is elsewhere.")


def _is_signing_secret(secret: str) -> bool:
    try:
        return bool(base64.b64decode(secret.removeprefix("whsec_"), validate=True))
    except binascii.Error:
        return False
