"""An interview coach: minutes, interviews, analyses and reviews counted by plan, behind a small FastAPI app.

`start` sets half an hour aside, `finish` charges the minutes that were talked. What a plan does not have is answered
with 402 and a line for the page. The AI that analyses is played by a class below.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace as Made
from typing import Annotated, Any

import uvicorn
from fastapi import APIRouter, Depends, FastAPI, Header, HTTPException

from billing_ui.client import AsyncBilling, NotFound, meter, refusals

LONGEST_MINUTES = 30


class FakeAnthropic:
    async def analyse(self, transcript: str) -> Made:
        return Made(content=[Made(text=f"{len(transcript.split())} words, well said")])


async def signed_in(x_user: Annotated[str, Header()]) -> str:
    """Your own sign-in stands here."""
    return x_user


User = Annotated[str, Depends(signed_in)]


def build(billing: AsyncBilling) -> FastAPI:
    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        await billing.aclose()

    app = FastAPI(title="Interview Coach", lifespan=lifespan)
    refusals(app)
    app.include_router(interviews(billing))
    app.include_router(features(billing))
    return app


def interviews(billing: AsyncBilling) -> APIRouter:
    """Set aside when they start, charged when they end."""
    routes = APIRouter()

    @routes.post("/interviews", status_code=201)
    async def start(user: User) -> dict[str, Any]:
        """One interview of today and half an hour of this month are set aside; the rest comes back at the end."""
        await billing.init_user(user)
        call = await billing.reserve(
            external_id=user, operation="interview_session", quantity=LONGEST_MINUTES, seconds=2 * 60 * LONGEST_MINUTES
        )
        left = {name: each.remaining for name, each in call.held.meters.items()}
        return {"interview": call.event_id, "left_after_this_one": left}

    @routes.post("/interviews/{interview}/finish")
    async def finish(interview: str, minutes: int, user: User) -> dict[str, Any]:
        """Nothing is kept here in between: the id of the interview is that of its reservation."""
        try:
            charged = await billing.settle(
                external_id=user, event_id=interview, operation="interview_session",
                quantity=min(minutes, LONGEST_MINUTES),
            )  # fmt: skip
        except NotFound:
            raise HTTPException(404, "no such interview") from None
        return {
            "minutes": charged.draws["minutes_per_month"],
            "minutes_left": charged.meters["minutes_per_month"].remaining,
            "warnings": [notice.text for notice in charged.warnings],
        }

    return routes


def features(billing: AsyncBilling) -> APIRouter:
    """Counted by the call, or asked for only."""
    routes, ai = APIRouter(), FakeAnthropic()

    @routes.post("/analysis")
    @meter(billing, "user", operation="detailed_analysis")
    async def analysis(transcript: str, user: User) -> dict[str, str]:
        """Counted, not priced: it is charged when it returns, and not when it fails."""
        return {"analysis": (await ai.analyse(transcript)).content[0].text}

    @routes.post("/video-review")
    @meter(billing, "user", operation="video_review")
    async def video_review(user: User) -> dict[str, str]:
        """From the plan Professional on; below it the page shows why not."""
        return {"review": "look into the camera"}

    @routes.get("/analytics")
    async def analytics(user: User) -> dict[str, Any]:
        """A feature that a plan has or has not: asked, and nothing is counted."""
        yes = await billing.check(external_id=user, operation="advanced_analytics")
        return {"allowed": yes.allowed, "reason": yes.reason}

    @routes.get("/me")
    async def me(user: User) -> dict[str, Any]:
        """What the page of limits shows."""
        summary = await billing.usage_summary(external_id=user)
        return {
            "plan": summary.plan_name,
            "meters": {
                name: {"used": each.used, "limit": each.limit, "percent": each.percent, "resets_at": each.resets_at}
                for name, each in summary.meters.items()
            },
        }

    return routes


def main() -> None:
    billing = AsyncBilling(os.environ["BILLING_URL"], os.environ["BILLING_SECRET"], language="en", app="interview/1")
    uvicorn.run(build(billing), port=int(os.environ.get("PORT", "8800")))


if __name__ == "__main__":
    main()
