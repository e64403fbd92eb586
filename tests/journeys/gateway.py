"""The gateway's and the mail service's look-alike, as the person at the other end: pays, declines, reads the mail."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self

import httpx

MAIL_PATIENCE_S = 15


class Gateway:
    def __init__(self, url: str) -> None:
        self._http = httpx.Client(base_url=f"{url}/_sim", timeout=35, trust_env=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._http.close()

    def pay(self, ref: str, **how: object) -> dict[str, Any]:
        return self._act(ref, "pay", how)

    def fail(self, ref: str, **how: object) -> dict[str, Any]:
        return self._act(ref, "fail", how)

    def expire(self, ref: str) -> dict[str, Any]:
        return self._act(ref, "expire", {})

    def dispute(self, ref: str, act: str = "open") -> dict[str, Any]:
        """The payer's bank asks for the money back, or says how that ended."""
        return self._act(ref, "dispute", {"act": act})

    @contextmanager
    def keeping_refunds_open(self) -> Iterator[None]:
        """Meanwhile a refund that the product asks for ends only when `ends` is told; otherwise after a second."""
        self._http.post("/modes", json={"refund_outcome": "pending"}).raise_for_status()
        try:
            yield
        finally:
            self._http.post("/modes", json={"refund_outcome": "succeeded"}).raise_for_status()

    def ends(self, ref: str, outcome: str) -> None:
        """The refund under way of this payment."""
        told = self._http.get(f"/payments/{ref}").raise_for_status().json()
        under_way = next(each["id"] for each in told["refunds"] if each["status"] == "PENDING")
        self._http.post(f"/refunds/{under_way}/settle", json={"outcome": outcome}).raise_for_status()

    def refund(self, ref: str, **how: object) -> dict[str, Any]:
        return self._act(ref, "refund", how)

    def mails(self, to: str, about: str = "", at_least: int = 1) -> list[dict[str, Any]]:
        """The mails to this address whose text names `about`; waits until there are enough of them."""
        deadline = time.monotonic() + MAIL_PATIENCE_S
        while True:
            answer = self._http.get("/inbox", params={"to": to}).raise_for_status()
            found = [mail for mail in answer.json()["messages"] if about in mail["text"]]
            if len(found) >= at_least:
                return found
            assert time.monotonic() < deadline, f"{len(found)} mails to {to} about {about or 'anything'}"
            time.sleep(0.05)

    def becomes(self, mail: dict[str, Any], news: str) -> None:
        """Something happens to a mail on its way, and the product is told of it."""
        answer = self._http.post(f"/mails/{mail['id']}/{news}").raise_for_status()
        assert answer.json()["status"] == 200, answer.text

    def _act(self, ref: str, act: str, how: dict[str, object]) -> dict[str, Any]:
        return dict(self._http.post(f"/payments/{ref}/{act}", json=how).raise_for_status().json())
