"""
The command that makes a world.
"""

from datetime import datetime

import click

from harness.cli.desk import Command, Desk
from harness.cli.moment import Moment, Word, rfc3339
from pki.kinds import Algorithm, Naming


@click.command(cls=Command)
@click.option("--at", type=Moment(), help="Freeze the clock there.  [default: runs, from now]")
@click.option(
    "--naming", type=Word(Naming), default="sim", show_default=True, help="How names sound."
)
@click.option(
    "--generation",
    "algorithm",
    type=Word(Algorithm),
    default="rsa2048",
    show_default=True,
    help="Algorithms of the new CAs.",
)
@click.option("--history", is_flag=True, help="Add the generations of 2015, 2019 and 2023.")
@click.option("--seed", type=int, help="The same seed gives the same bytes; keys are public.")
@click.option("--base-url", default="http://127.0.0.1:8765", show_default=True)
@click.option("--database", metavar="URL", help="A PostgreSQL URL in place of a file.")
@click.option("--fresh-keys", is_flag=True, help="Take no keys from this machine's pool.")
@click.option(
    "--set",
    "switches",
    multiple=True,
    metavar="SWITCH=WORD",
    help="Where the sources leave a choice: designated_city=ward|city, "
    "abroad=by-date|kept|revoked, effect=at-once|next-day, usable_after=DAYS, substitute=〓.",
)
@click.pass_obj
def init(
    desk: Desk,
    at: datetime | None,
    naming: Naming,
    algorithm: Algorithm,
    history: bool,
    seed: int | None,
    base_url: str,
    database: str | None,
    fresh_keys: bool,
    switches: tuple[str, ...],
) -> None:
    """Make a world: two CAs, no residents yet, and a clock of its own.

    \b
    Examples:
        minijpki init --at 2026-04-01T12:00:00+09:00
        minijpki -C next-card init --generation p384 --seed 7
        minijpki init --history --set effect=next-day
    """
    from harness.switches import parse_switches
    from harness.world import World

    world = World.create(
        desk.place,
        at=at,
        naming=naming,
        algorithm=algorithm,
        history=history,
        seed=seed,
        base_url=base_url,
        database=database,
        fresh_keys=fresh_keys,
        switches=parse_switches(switches),
    )
    if naming is Naming.EXACT:
        desk.say(
            "warning: this world bears the real names; its keys are fresh and trusted nowhere",
            "注意: 実在の名称を使います。鍵は新規で、どこからも信頼されません。",
        )
    desk.lock_up(world)
    desk.answer(
        {
            "world": str(world.directory),
            "clock": rfc3339(world.now()),
            "naming": naming.value,
            "algorithm": algorithm.value,
            "seed": seed,
        }
    )
