"""
What the timeline of the story shows: certificates, authorities and lists, out of the world.
"""

from collections.abc import Sequence
from datetime import datetime

from ca.authority import Generation
from ca.lifecycle import Good, Held
from ca.municipalities import by_code
from ca.register import Issued
from ca.words import Words
from crl.schedule import schedule
from harness.demo.cast import NAMES, jst
from harness.demo.stage import Stage
from harness.reports.story import Change, Chart, Lane, ListLane, Window
from harness.world import World
from pki.kinds import Kind

SHORT = {Kind.SIGN: Words("sign", "署名用"), Kind.AUTH: Words("auth", "利用者証明用")}
AUTHORITIES = Words("Certification authorities", "認証局")

# Where much happens, a day is wide; what lies between is left out.
WINDOWS = (
    Window(jst(2026, 3, 24, 0), jst(2026, 7, 1, 0), 360),
    Window(jst(2027, 11, 14, 0), jst(2028, 2, 14, 0), 280),
    Window(jst(2030, 3, 10, 0), jst(2030, 6, 30, 0), 245),
    Window(jst(2030, 6, 30, 0), jst(2040, 7, 1, 0), 108),
)


def chart_of(stage: Stage) -> Chart:
    """Ask the world for everything that its timeline shows."""
    world = stage.world
    asked = {step.at for step in stage.steps}
    asked |= {answer.at for step in stage.steps for answer in step.answers}
    moments = sorted(asked)
    lanes = [_authority(each) for kind in Kind for each in world.authority.generations(kind)]
    for holder in NAMES:
        for kind in Kind:
            for issued in world.register.certificates(holder, kind):
                lanes.append(_certificate(world, issued, moments))
    return Chart(windows=WINDOWS, lanes=tuple(lanes), lists=_lists(stage), now=world.now())


def _authority(generation: Generation) -> Lane:
    kind, number = SHORT[generation.kind], generation.number
    return Lane(
        group=AUTHORITIES,
        label=Words(f"{kind.en}, generation {number}", f"{kind.ja}・第{number}世代"),
        kind=generation.kind,
        start=generation.not_before,
        end=generation.not_after,
    )


def _certificate(world: World, issued: Issued, moments: Sequence[datetime]) -> Lane:
    kind, place = SHORT[issued.kind], by_code(issued.scope)
    changes: list[Change] = []
    for moment in moments:
        standing = world.register.standing(issued.kind, issued.serial, at=moment)
        if isinstance(standing, Good):
            continue
        word = "held" if isinstance(standing, Held) else "revoked"
        if not changes:
            changes.append(Change(standing.since, word, standing.reason.value))
        elif changes[-1].reason != standing.reason.value:  # a hold that became final
            changes.append(Change(moment, word, standing.reason.value))
    return Lane(
        group=NAMES[issued.resident],
        label=Words(
            f"{kind.en} {issued.serial:#x} · {place.name_romaji}",
            f"{kind.ja} {issued.serial:#x}・{place.name}",
        ),
        kind=issued.kind,
        start=issued.not_before,
        end=issued.not_after,
        changes=tuple(changes),
    )


def _lists(stage: Stage) -> tuple[ListLane, ...]:
    """Gather the scopes whose lists the story shows; each has had one every night."""
    world = stage.world
    issued = [each for holder in NAMES for each in world.register.certificates(holder)]
    scopes = dict.fromkeys((made.word, made.kind) for made in stage.shown)
    lanes = []
    for word, kind in sorted(scopes, key=lambda scope: (scope[0], list(Kind).index(scope[1]))):
        first = min(each.at for each in issued if each.scope == word and each.kind is kind)
        shown = {
            (made.request.this_update, made.request.number)
            for made in stage.shown
            if made.word == word and made.kind is kind
        }
        place = by_code(word)
        lanes.append(
            ListLane(
                label=Words(
                    f"{SHORT[kind].en} · {place.name_romaji}", f"{SHORT[kind].ja}・{place.name}"
                ),
                kind=kind,
                out=tuple(each.this_update for each in schedule(first).publications(world.now())),
                shown=tuple(sorted(shown)),
            )
        )
    return tuple(lanes)
