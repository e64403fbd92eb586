"""What one catalogue says: plans, packages, meters, rates and brand of a deployment, as frozen data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from billing_ui.catalogues.measures import Counted, Meter, Operation, RateCard, UnitDisplay
from billing_ui.kit.amount import Amount
from billing_ui.rules.plans import Interval, Limit, PlanKind, worth
from billing_ui.rules.settings import SettingValue
from billing_ui.rules.words import Text


@dataclass(frozen=True, slots=True)
class Cta:
    """A button: its words and where it leads (a path of ours)."""

    text: Text
    href: str


@dataclass(frozen=True, slots=True)
class Brand:
    """Who speaks. `host_app_url` is the only place a redirect may leave our site to."""

    name: str
    logo: str
    support_email: str
    host_app_url: str
    mail_cta: Mapping[str, Text]


@dataclass(frozen=True, slots=True)
class Overage:
    """The price of tokens that neither allowance nor lots cover."""

    price_amount: int
    per_tokens: int


@dataclass(frozen=True, slots=True)
class TopupOption:
    """One amount offered with a plan. It is sold as a token package with this slug."""

    slug: str
    amount: int
    tokens: int
    bonus_tokens: int
    label: Text
    is_popular: bool
    validity_days: int | None


@dataclass(frozen=True, slots=True)
class Package:
    """Tokens sold on their own, beside any plan."""

    slug: str
    name: Text
    amount: int
    tokens: int
    bonus_tokens: int
    validity_days: int | None
    is_popular: bool
    is_disabled: bool
    gateway_prices: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class CustomAmount:
    """ "Another amount": its bounds and step in money, and the tokens each unit of money buys."""

    minimum: int
    maximum: int
    step: int
    tokens_num: int
    tokens_den: int

    def tokens(self, amount: int) -> int:
        """Exact for every amount on a step: the loader refuses a step that does not buy whole tokens."""
        return amount * self.tokens_num // self.tokens_den


@dataclass(frozen=True, slots=True)
class Plan:
    """One plan as the file tells it; every edit of it becomes a new version in the database."""

    slug: str
    kind: PlanKind
    name: Text
    tagline: Text
    price_amount: int
    price_unit: Text
    interval: Interval | None
    trial_days: int
    features: tuple[Text, ...]
    cta: Cta
    is_highlighted: bool
    is_disabled: bool
    is_unlisted: bool
    topup_options: tuple[TopupOption, ...]
    limits: tuple[Limit, ...]
    included_tokens: int
    overage: Overage | None
    gateway_prices: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything a deployment sells and how it speaks about it."""

    name: str
    currency: str
    zone: str
    language: str
    brand: Brand
    unit_display: UnitDisplay
    default_plan: str
    plan_after_cancel: str
    plan_after_first_topup: str | None
    units: Mapping[str, Counted]
    meters: Mapping[str, Meter]
    operations: Mapping[str, Operation]
    limited_operations: tuple[str, ...]
    rate_cards: tuple[RateCard, ...]
    plans: Mapping[str, Plan]
    packages: tuple[Package, ...]
    custom_amount: CustomAmount | None
    settings: Mapping[str, SettingValue]
    file_hash: str

    def rate_card(self, instant: datetime) -> RateCard | None:
        """The card in force: the newest that has begun."""
        newest: RateCard | None = None
        for card in self.rate_cards:
            if card.valid_from <= instant and (newest is None or card.version > newest.version):
                newest = card
        return newest

    @property
    def paid_meter(self) -> str | None:
        """The one meter that must be paid for; a catalogue that only counts has none."""
        return next((slug for slug, meter in self.meters.items() if meter.mode == "paid"), None)

    @property
    def main_meter(self) -> str:
        """What a customer thinks in: the paid meter, else the first that counts."""
        return self.paid_meter or next((slug for slug, meter in self.meters.items() if not meter.is_feature), "")

    def meter_asked(self, slug: str) -> str:
        """A meter that counts, by its name; the main one for a name that is none."""
        return slug if slug in self.meters and not self.meters[slug].is_feature else self.main_meter

    def worth(self, tokens: int) -> Amount | None:
        """What so many tokens are shown as in money; None where the catalogue shows tokens alone."""
        rate = self.unit_display.rate
        return None if rate is None else worth(tokens, rate, self.currency)
