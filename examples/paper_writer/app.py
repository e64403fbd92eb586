"""Penulis makalah: a paper writer that streams each stage, warns before the quota ends, and tops up by QRIS.

A script for coroutines. Its AI is played by the class below, in the events of Anthropic's library; nothing leaves this
machine but the questions to the billing desk.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from types import SimpleNamespace as Made

from billing_ui.client import AsyncBilling, BillingProblem, Refused

STAGES = ("gagasan", "kerangka", "pendahuluan", "tinjauan pustaka", "metode", "hasil", "simpulan")
LONGEST_ANSWER = 3_000


class FakeAnthropic:
    async def stream(self, prompt: str, *, tokens: int) -> AsyncIterator[Made]:
        usage = Made(
            input_tokens=len(prompt), output_tokens=1, cache_read_input_tokens=0, cache_creation_input_tokens=0
        )
        yield Made(type="message_start", message=Made(usage=usage))
        for _number in range(tokens // 250):
            yield Made(type="content_block_delta", delta=Made(text="▪"))
            await asyncio.sleep(0)
        yield Made(type="message_delta", usage=Made(output_tokens=tokens))


async def write_stage(billing: AsyncBilling, user: str, stage: str, so_far: str) -> str:
    """The words appear while they are written; the stage is charged by what the model says at its end."""
    written = ""
    async with billing.reserve(
        external_id=user, operation="paper_stage", model="claude-sonnet-5", input_tokens=len(so_far) + len(stage),
        output_tokens=LONGEST_ANSWER,
    ) as call:  # fmt: skip
        answer = FakeAnthropic().stream(so_far + stage, tokens=2_400)
        async for event in call.stream(answer, session_id="paper-1", metadata={"stage": stage}):
            if event.type == "content_block_delta":
                written += event.delta.text
                print(event.delta.text, end="", flush=True)
    return written


async def write_paper(billing: AsyncBilling, user: str) -> int:
    paper = ""
    for stage in STAGES:
        print(f"{stage:<18}", end="")
        try:
            paper += await write_stage(billing, user, stage, paper)
        except Refused as no:
            print(f"berhenti: {no.title}")
            return await top_up(billing, user)
        print()
        for notice in await billing.warnings(external_id=user):
            print(f"{'':<18}{notice.text}")
    summary = await billing.usage_summary(external_id=user)
    used = summary.today.totals["tokens"]
    print(f"\nselesai: {number(used.quantity)} token hari ini, saldo {number(summary.balance)}")
    return 0


async def top_up(billing: AsyncBilling, user: str) -> int:
    """A payment that the page can show as a QR code, or as a link to where it can be paid."""
    smallest = next(plan for plan in (await billing.plans()).plans if plan.topup_options).topup_options[0]
    # The same user in the same minute of trouble is one purchase: the key says which.
    asked = await billing.topup(smallest.amount, "QRIS", key=f"paper-1-{user}", external_id=user)
    print(f"\nisi ulang {smallest.label.id} untuk {number(smallest.tokens)} token: {asked.pay_url}")
    print(f"atau pindai: {asked.qr_string}")
    return 1


def number(whole: int) -> str:
    return f"{whole:,}".replace(",", ".")


async def run() -> int:
    user = os.environ.get("BILLING_USER", "penulis-1")
    try:
        async with AsyncBilling(
            os.environ["BILLING_URL"], os.environ["BILLING_SECRET"], language="id", app="paper-writer/1"
        ) as billing:
            await billing.init_user(user, name="Penulis", zone="Asia/Jakarta", language="id")
            return await write_paper(billing, user)
    except BillingProblem as problem:
        print(f"Meja tagihan berkata: {problem}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(asyncio.run(run()))
