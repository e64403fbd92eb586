"""What a decoded JSON object is to the type checker."""

from __future__ import annotations

from typing import Any

JsonMap = dict[str, Any]
