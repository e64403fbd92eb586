"""Names for the things the sandbox makes: random, or always the same when a seed is given."""

import random
import uuid


class Ids:
    """UUID-shaped ids with the prefixes Xendit uses; one instance per sandbox, never shared between threads."""

    def __init__(self, seed: int | None = None) -> None:
        self._dice: random.Random = random.SystemRandom() if seed is None else random.Random(seed)

    def uuid(self) -> str:
        return str(uuid.UUID(int=self._dice.getrandbits(128), version=4))

    def named(self, prefix: str) -> str:
        return f"{prefix}-{self.uuid()}"

    def hex24(self) -> str:
        return f"{self._dice.getrandbits(96):024x}"

    def digits(self, count: int) -> str:
        return "".join(str(self._dice.randrange(10)) for _ in range(count))
