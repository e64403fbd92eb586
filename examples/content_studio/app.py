"""A content studio: eight AI operations on one token balance, each charged what it took.

A script that makes one post from idea to pictures. Its AI is played by two classes below, in the shapes of OpenAI's and
Anthropic's libraries; nothing leaves this machine but the questions to the billing desk.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from types import SimpleNamespace as Made
from typing import Any

from billing_ui.client import Billing, BillingProblem, Call, Charged, Refused


class FakeOpenAI:
    """As much of OpenAI as a studio needs: chat, streamed chat, the Responses API and pictures."""

    def chat(self, prompt: str, *, words: int) -> Made:
        details = Made(cached_tokens=len(prompt) // 8)
        usage = Made(prompt_tokens=len(prompt), completion_tokens=words, prompt_tokens_details=details)
        return Made(choices=[Made(message=Made(content=f"{words} words"))], usage=usage)

    def stream(self, prompt: str, *, words: int) -> Iterator[Made]:
        for _number in range(words // 100):
            yield Made(choices=[Made(delta=Made(content="▪"))], usage=None)
        yield Made(choices=[], usage=self.chat(prompt, words=words).usage)

    def respond(self, prompt: str, *, words: int) -> dict[str, Any]:
        details = {"cached_tokens": 0}
        usage = {"input_tokens": len(prompt), "output_tokens": words, "input_tokens_details": details}
        return {"output_text": f"{words} words", "usage": usage}

    def picture(self, prompt: str) -> Made:
        return Made(data=[Made(url=f"picture-of-{len(prompt)}-letters.png")])


class FakeAnthropic:
    """As much of Anthropic as a studio needs: a message, with what it read from its cache and wrote into it."""

    def message(self, prompt: str, *, words: int) -> Made:
        usage = Made(
            input_tokens=len(prompt), output_tokens=words, cache_read_input_tokens=120, cache_creation_input_tokens=40
        )
        return Made(content=[Made(text=f"{words} words")], usage=usage)


class Studio:
    """One customer's studio."""

    def __init__(self, billing: Billing, user: str) -> None:
        self.billing = billing
        self.user = user
        self.openai = FakeOpenAI()
        self.anthropic = FakeAnthropic()

    def draft(self, idea: str) -> Charged | None:
        """Streamed: the reader sees words at once, and the last chunk says what they took."""
        with self.reserve("generate_draft", "gpt-5", len(idea), 1_200) as call:
            for chunk in call.stream(self.openai.stream(idea, words=900), session_id="post-1"):
                print("".join(choice.delta.content for choice in chunk.choices), end="", flush=True)
        print()
        return call.charged

    def chat(self, question: str) -> Charged | None:
        with self.reserve("chat_response", "claude-sonnet-5", len(question) + 160, 400) as call:
            return call.settle(self.anthropic.message(question, words=250).usage, session_id="post-1")

    def refine(self, text: str) -> Charged | None:
        with self.reserve("refine_content", "gpt-5", len(text), 900) as call:
            return call.settle(self.openai.chat(text, words=700), session_id="post-1")

    def refine_selection(self, selection: str) -> Charged | None:
        with self.reserve("refine_selection", "gpt-5-mini", len(selection), 200) as call:
            return call.settle(self.openai.respond(selection, words=90), session_id="post-1")

    def repurpose(self, text: str) -> Charged | None:
        with self.reserve("repurpose_content", "claude-sonnet-5", len(text) + 160, 600) as call:
            return call.settle(self.anthropic.message(text, words=480), session_id="post-1")

    def picture_prompt(self, text: str) -> Charged | None:
        with self.reserve("generate_image_prompt", "gpt-5-mini", len(text), 150) as call:
            return call.settle(self.openai.chat(text, words=110).usage, session_id="post-1")

    def pictures(self, prompt: str, maker: str, count: int) -> Charged | None:
        """A fixed price for each: nothing to measure, the estimate is the cost."""
        with self.billing.reserve(external_id=self.user, operation=maker, quantity=count) as call:
            for _number in range(count):
                self.openai.picture(prompt)
            return call.settle(session_id="post-1")

    def reserve(self, operation: str, model: str, input_tokens: int, output_tokens: int) -> Call:
        return self.billing.reserve(
            external_id=self.user, operation=operation, model=model, input_tokens=input_tokens,
            output_tokens=output_tokens,
        )  # fmt: skip


def make_a_post(billing: Billing, user: str) -> int:
    studio, text = Studio(billing, user), "Why slow coffee wins. " * 30
    before = billing.balance(external_id=user).balance
    print(f"{user} has {before:,} tokens\n")
    steps: dict[str, Callable[[], Charged | None]] = {
        "generate_draft": lambda: studio.draft(text),
        "chat_response": lambda: studio.chat("Who reads this?"),
        "refine_content": lambda: studio.refine(text),
        "refine_selection": lambda: studio.refine_selection(text[:80]),
        "repurpose_content": lambda: studio.repurpose(text),
        "generate_image_prompt": lambda: studio.picture_prompt(text),
        "image_openai": lambda: studio.pictures("coffee", "image_openai", 1),
        "image_google": lambda: studio.pictures("coffee", "image_google", 2),
    }
    for name, step in steps.items():
        try:
            charged = step()
        except Refused as no:
            print(f"{name:<22} stopped: {no.title}")
            for notice in no.warnings:
                print(f"{'':<22} {notice.text} {notice.action_url}")
            return 1
        told = f"{charged.charged:>7,} tokens, {charged.balance:>9,} left" if charged else "charged later"
        print(f"{name:<22} {told}")
    print("\nby operation, as the billing desk counts it today:")
    for row in billing.usage("today", group_by="operation", external_id=user).rows:
        print(f"{row.group:<22} {row.quantity:>7,} tokens, {row.events} ×")
    print(f"\nthe post took {before - billing.balance(external_id=user).balance:,} tokens")
    return 0


def main() -> int:
    user = os.environ.get("BILLING_USER", "host-customer")
    try:
        with Billing(os.environ["BILLING_URL"], os.environ["BILLING_SECRET"], app="content-studio/1") as billing:
            billing.init_user(user)
            return make_a_post(billing, user)
    except BillingProblem as problem:
        print(f"The billing desk says: {problem}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
