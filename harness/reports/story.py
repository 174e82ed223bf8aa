"""
A story as values: what happened at which moment, what was judged, what lies beside it.

Pure.  The demo fills these in; the timeline, the page and the command's JSON only read.
Words are said in two languages; codes, serial numbers and file names in none.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from ca.words import Words
from pki.kinds import Kind


class Tone(Enum):
    """How an answer sounds, which decides its mark and its colour."""

    PASSED = "passed"
    FAILED = "failed"
    OPEN = "open"  # nobody can tell, which is never a yes
    PLAIN = "plain"  # a fact, neither good nor bad


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """
    One question to the world: what the script expects, and what came.

    Attributes:
        asked: What was asked.
        at: As of when; UTC.
        expected: A code, or the words of a standing.
        found: The same, as it really came.
        tone: Of what came.
        detail: What else came along; codes and moments, in no language.
    """

    asked: Words
    at: datetime
    expected: str
    found: str
    tone: Tone
    detail: str = ""

    @property
    def as_scripted(self) -> bool:
        return self.expected == self.found


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """
    One line to repeat a step with, typed in the directory of the step.

    Attributes:
        shows: What it shows.
        line: As typed; long ones go on behind a backslash.
        program: Its first word.
        accepts: Whether it ends well, as the script expects.
        accepted: Whether it did; None where it was not run.
        says: What its output must hold; empty if that does not matter.
        output: What it printed, both streams.
    """

    shows: Words
    line: str
    program: str
    accepts: bool
    accepted: bool | None
    says: str
    output: str

    @property
    def as_scripted(self) -> bool:
        if self.accepted is None:
            return True
        return self.accepted is self.accepts and self.says in self.output


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """
    One scene, as it was played.

    Attributes:
        number: From 1.
        slug: Of its directory, behind the number.
        at: When it began; UTC.
        ended: When it was over; UTC.
        title: A headline.
        label: Two or three words for the timeline.
        text: Paragraphs.
        answers: In the order in which they were asked.
        commands: In the order in which a reader repeats them.
        files: What lies in its directory, sorted.
        tone: Of the answer that the scene is about.
    """

    number: int
    slug: str
    at: datetime
    ended: datetime
    title: Words
    label: Words
    text: tuple[Words, ...]
    answers: tuple[Answer, ...]
    commands: tuple[Command, ...]
    files: tuple[str, ...]
    tone: Tone

    @property
    def directory(self) -> str:
        return f"steps/{self.number:02}-{self.slug}"

    @property
    def as_scripted(self) -> bool:
        answered = all(each.as_scripted for each in self.answers)
        return answered and all(each.as_scripted for each in self.commands)


@dataclass(frozen=True, slots=True)
class Change:
    """How a certificate stands from a moment on: `held` or `revoked`, and for which reason."""

    at: datetime
    standing: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """
    One certificate over time.

    Attributes:
        group: Whose; lanes of one group stand together.
        label: Which.
        kind: Which CA's.
        start: notBefore; UTC.
        end: notAfter; UTC.
        changes: In the order in which they came.
    """

    group: Words
    label: Words
    kind: Kind
    start: datetime
    end: datetime
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ListLane:
    """
    The lists of one scope over time.

    Attributes:
        label: Whose certificates they speak about.
        kind: Which CA's.
        out: When each came out, rising; UTC.
        shown: Those that the story shows, with their numbers, rising.
    """

    label: Words
    kind: Kind
    out: tuple[datetime, ...]
    shown: tuple[tuple[datetime, int], ...]


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of time that the timeline draws to one scale; *width* in pixels."""

    start: datetime
    end: datetime
    width: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """
    What the timeline draws.

    Attributes:
        windows: Rising; what lies between two is left out.
        lanes: Certificates, those of the authorities first.
        lists: By scope.
        now: Where the world's clock stands; UTC.
    """

    windows: tuple[Window, ...]
    lanes: tuple[Lane, ...]
    lists: tuple[ListLane, ...]
    now: datetime


@dataclass(frozen=True, slots=True)
class Row:
    """One filing of the matrix; None stands for a moment before it was signed."""

    filing: Words
    answers: tuple[Answer | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """
    The whole of it.

    Attributes:
        seed: Of the world.
        steps: In order.
        chart: For the timeline.
        moments: Columns of the matrix: a step's number, and when it ended; UTC.
        matrix: Every filing, judged at every one of the moments.
        programs: What was found here to repeat steps with, and what was not (None).
    """

    seed: int
    steps: tuple[Step, ...]
    chart: Chart
    moments: tuple[tuple[int, datetime], ...]
    matrix: tuple[Row, ...]
    programs: tuple[tuple[str, str | None], ...]

    @property
    def as_scripted(self) -> bool:
        cells = [each for row in self.matrix for each in row.answers if each is not None]
        judged = all(each.as_scripted for each in cells)
        return judged and all(each.as_scripted for each in self.steps)
