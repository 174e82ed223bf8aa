"""
Measure contenders in turns, and compare them round by round.

A machine is now fast and now slow, so nothing is measured for itself: in every round each
contender has its turns, A B C A B C, and is divided by the limit of the same round.  The
figure is the median of these quotients.  Processor time of this process, or of the
children that a contender starts; the clock on the wall only where a card reader stands between.
"""

import gc
import resource
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import repeat
from statistics import median
from time import process_time_ns

CALM = 1.5  # the most that a limit may vary from round to round


@dataclass(frozen=True, slots=True, kw_only=True)
class Contender:
    """
    Somebody who does the work.

    Attributes:
        name: In tables; unique in its block.
        run: Does it, and raises AssertionError when what comes out is wrong.
        calls: How often in one turn; fixed, so that every run does the same work.
        works: How many pieces of work one call does, where one would be too short to time.
        peer: Whether this is somebody else's library.
        children: Whether the work is done by processes that `run` starts and waits for.
        clock: Nanoseconds, where the work is done by a process that was there before and stays:
            its own processor time, or, where several share the work, the clock on the wall.
    """

    name: str
    run: Callable[[], object]
    calls: int
    works: int = 1
    peer: bool = False
    children: bool = False
    clock: Callable[[], int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """
    One line of the table.

    Attributes:
        id: As in the table of limits.
        what: One line for a person.
        contender: Who is measured.
        limit: Whom it is divided by.
        at_most: The ratio that passes; None if it is only reported.
        at_least: The same for a speed-up.
        budget: Seconds for one piece of work; a warning above, a failure above five times.
        peers: Others divided by the same limit, for comparison.
    """

    id: str
    what: str
    contender: str
    limit: str
    at_most: float | None = None
    at_least: float | None = None
    budget: float | None = None
    peers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """
    Contenders that are measured in the same rounds.

    Attributes:
        name: For a person.
        contenders: In the order of their turns, limits first.
        items: What is read off.
        refusals: Raises AssertionError unless what is wrong is refused; run in each round.
        rounds: At least seven.
        turns: How often each contender's turn comes in a round.
        missing: Peers that could not take part, and why.
    """

    name: str
    contenders: tuple[Contender, ...]
    items: tuple[Item, ...]
    refusals: Callable[[], None]
    rounds: int = 9
    turns: int = 4
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Times:
    """Nanoseconds for one piece of work, by contender and then by round."""

    by_contender: Mapping[str, tuple[float, ...]]

    def micros(self, name: str) -> float:
        """Return the median, in microseconds; for orientation only."""
        return median(self.by_contender[name]) / 1000

    def ratio(self, name: str, limit: str) -> float:
        """Return the median of the ratios of the rounds."""
        pairs = zip(self.by_contender[name], self.by_contender[limit], strict=True)
        return median([mine / its for mine, its in pairs])

    def spread(self, name: str) -> float:
        """Return the slowest round over the fastest."""
        each = self.by_contender[name]
        return max(each) / min(each)


def _children_ns() -> int:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return int((used.ru_utime + used.ru_stime) * 1e9)


def _turn(contender: Contender) -> int:
    clock = contender.clock or (_children_ns if contender.children else process_time_ns)
    run = contender.run
    start = clock()
    for _ in repeat(None, contender.calls):
        run()
    return clock() - start


def measure(block: Block) -> Times:
    """Measure a block once."""
    for contender in block.contenders:  # warm up, and see that everybody can do it
        contender.run()
        contender.run()
    gc.collect()
    gc.freeze()  # a million serials are not looked through in somebody's turn
    try:
        rounds = [_round(block) for _ in range(block.rounds)]
    finally:
        gc.unfreeze()
    return Times({c.name: tuple(each[c.name] for each in rounds) for c in block.contenders})


def _round(block: Block) -> dict[str, float]:
    block.refusals()
    spent = dict.fromkeys((contender.name for contender in block.contenders), 0)
    for _ in range(block.turns):
        for contender in block.contenders:
            spent[contender.name] += _turn(contender)
    return {c.name: spent[c.name] / (c.calls * c.works * block.turns) for c in block.contenders}


def measure_calmly(block: Block, items: Iterable[Item]) -> tuple[Times, bool]:
    """Measure a block, and once more if a limit varied too much; tell whether it was calm."""
    limits = {item.limit for item in items}
    times = measure(block)
    if any(times.spread(limit) > CALM for limit in limits):
        times = measure(block)
    return times, all(times.spread(limit) <= CALM for limit in limits)
