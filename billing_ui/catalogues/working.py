"""The arithmetic of a charge, as it can be shown to whoever pays: so many tokens by so many thousandths each."""

from __future__ import annotations

from dataclasses import dataclass

from billing_ui.catalogues.measures import Rate


@dataclass(frozen=True, slots=True)
class Working:
    """The terms of the sum, each a quantity and the thousandths one of it counts for, and what the sum comes to."""

    terms: tuple[tuple[int, int], ...]
    milli: int

    @property
    def charged(self) -> int:
        """Rounded up once; at least one where anything was used."""
        return max(-(-self.milli // 1000), 1 if self.terms else 0)

    @property
    def is_rounded(self) -> bool:
        return self.charged * 1000 != self.milli


def worked_out(rate: Rate, input_tokens: int, output_tokens: int, cached_tokens: int, quantity: int) -> Working:
    """How a rate counts an event. What is not there is left out of the sum."""
    if rate.fixed_tokens is not None:
        told = [(max(quantity, 1), rate.fixed_tokens * 1000)]
    else:
        told = [(input_tokens, rate.input_milli), (output_tokens, rate.output_milli),
                (cached_tokens, rate.cached_milli)]  # fmt: skip
    terms = tuple((count, milli) for count, milli in told if count)
    return Working(terms, sum(count * milli for count, milli in terms))
