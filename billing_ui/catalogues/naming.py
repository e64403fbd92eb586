"""What a use is called."""

from __future__ import annotations

from billing_ui.catalogues.shape import Catalogue
from billing_ui.rules.words import Text


def name_of_use(catalogue: Catalogue, slug: str) -> Text:
    """The name of an operation. Use told in the plain form goes by the name of its meter, and what the file no longer
    knows by the word it was told with."""
    named = catalogue.operations.get(slug) or catalogue.meters.get(slug)
    return named.name if named is not None else Text(id=slug, en=slug)
