"""The same world as for services."""

from tests.services.conftest import box, running_box, world

__all__ = ["box", "running_box", "world"]
