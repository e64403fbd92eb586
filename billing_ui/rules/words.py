"""A sentence in both languages, travelling as a pair so that switching language asks the server nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """The same words in Indonesian and in English."""

    id: str
    en: str

    def pair(self) -> dict[str, str]:
        return {"id": self.id, "en": self.en}

    def said_in(self, language: str) -> str:
        return self.en if language == "en" else self.id

    @classmethod
    def of(cls, pair: Mapping[str, str]) -> Text:
        return cls(pair["id"], pair["en"])
