"""Budget: US dollars that a run may cost, overrun by one call at most however many are in flight.

Pure arithmetic, in whole picodollars, so that a million additions lose nothing.
"""

from __future__ import annotations

from math import ceil

PICO = 10**12
PROMPT_EXTRA = 256  # tokens that a server adds to the words of a call: chat template, built-in system prompt
FIRST_OUTPUT = 8192  # tokens of a reply without max_tokens, until twice the longest seen is more
BYTES_A_TOKEN = 3  # about 4 in English, 3 in Chinese: the smaller, for an estimate that is rather too high


class Budget:
    """What was spent, what the calls in flight may yet cost, and whether another may start.

    A call is reserved at an upper bound of its cost: a token of a prompt is a byte or more (byte-level and
    byte-fallback tokenizers), a reply has at most max_tokens. It may start where
        spent + reserved + its bound <= usd,   or   nothing is in flight and spent < usd
    While calls cost no more than their bounds, the first rule never lets the sum past usd; the second lets one call
    past, and none starts beside it. So spent never exceeds usd by more than that call cost, and while work is
    waiting, all of usd is used. Without max_tokens the bound of a reply is a guess: 8192 tokens, or twice the longest
    seen.

    usd                   the budget
    price_in, price_out   USD per million tokens of prompts and replies
    spent                 what earlier sessions of the run have spent
    estimated             True where a provider counted no tokens, and the cost was made from bytes
    """

    def __init__(self, usd: float, price_in: float, price_out: float, spent: float = 0.0) -> None:
        self.in_flight = 0
        self.estimated = False
        self._usd, self._spent, self._reserved = _pico(usd), _pico(spent), 0
        # Rounded up: a price is never lost. The inner rounding drops what floats add (0.07 * 1e6 is 70000.00000000001).
        self._price_in, self._price_out = (ceil(round(price * 1e6, 6)) for price in (price_in, price_out))
        self._longest = 0

    @property
    def spent(self) -> float:
        """USD that the calls so far have cost."""
        return self._spent / PICO

    @property
    def reserved(self) -> float:
        """USD that the calls in flight cost at most."""
        return self._reserved / PICO

    @property
    def exhausted(self) -> bool:
        """Whether nothing can ever start again. A model that costs nothing exhausts no budget."""
        return self._spent >= self._usd and self._price_in + self._price_out > 0

    def may_send(self, prompt_bytes: int, max_tokens: int | None) -> bool:
        """Whether a call may start now: the prompt's length in UTF-8, the longest reply in tokens (None: unknown)."""
        if not self.in_flight and not self.exhausted:
            return True
        return self._spent + self._reserved + self._bound(prompt_bytes, max_tokens) <= self._usd

    def reserve(self, prompt_bytes: int, max_tokens: int | None) -> float:
        """USD set aside for a call that starts now, to be settled or released. Ask may_send first."""
        bound = self._bound(prompt_bytes, max_tokens)
        self._reserved += bound
        self.in_flight += 1
        return bound / PICO

    def settle(
        self,
        reserved: float,
        input_tokens: int | None,
        output_tokens: int | None,
        *,
        prompt_bytes: int,
        text_bytes: int,
    ) -> None:
        """Replace a reservation by what the call cost. What was not counted (None) is estimated from bytes."""
        into = input_tokens if input_tokens is not None else PROMPT_EXTRA + ceil(prompt_bytes / BYTES_A_TOKEN)
        out = output_tokens if output_tokens is not None else ceil(text_bytes / BYTES_A_TOKEN)
        cost = into * self._price_in + out * self._price_out
        if input_tokens is None or output_tokens is None:
            self.estimated = True
            cost = min(cost, _pico(reserved))
        self._longest = max(self._longest, out)
        self._spent += cost
        self.release(reserved)

    def count(self, input_tokens: int, output_tokens: int) -> None:
        """Count a reply that was there already: a budget is for all the replies that a result rests on."""
        self._longest = max(self._longest, output_tokens)
        self._spent += input_tokens * self._price_in + output_tokens * self._price_out

    def release(self, reserved: float) -> None:
        """Drop the reservation of a call that cost nothing. One that timed out may be billed: settle it instead."""
        self._reserved -= _pico(reserved)
        self.in_flight -= 1

    def _bound(self, prompt_bytes: int, max_tokens: int | None) -> int:
        out = max_tokens if max_tokens is not None else max(FIRST_OUTPUT, 2 * self._longest)
        return (prompt_bytes + PROMPT_EXTRA) * self._price_in + out * self._price_out


def _pico(usd: float) -> int:
    """Picodollars; exact there and back up to some 9,000 USD, the integers that a float holds."""
    return round(usd * PICO)
