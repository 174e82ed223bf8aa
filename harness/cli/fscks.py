"""
The command that checks a world's store.
"""

import sys

import click

from harness.cli.desk import Command, Desk


@click.command(cls=Command)
@click.pass_obj
def fsck(desk: Desk) -> None:
    """Check a world's store for damage.

    Reads everything and changes nothing: seals and gaps of the journal, digests of keys and
    certificates, and whether everything that is referred to exists.  Exit status 1 if there
    is damage; notes, such as a serial that a crash left unused, are none.

    \b
    Examples:
        minijpki fsck
        minijpki -C some-world fsck --json
    """
    from ca.audit import audit

    damaged = 0
    for each in audit(desk.world.store):
        damaged += each.flaw.damage
        severity = "error" if each.flaw.damage else "note"
        found = {"finding": each.flaw.id, "severity": severity, "where": each.where}
        if desk.as_json:
            desk.answer({**found, "text": each.text._asdict()})
        else:
            click.echo(f"{desk.word(severity)}: {each.where}: {each.text.said(desk.language)}")
    if damaged:
        desk.say(f"damage found: {damaged}", f"破損：{damaged}件")
        sys.exit(1)
    desk.say("no damage found", "破損はありません。")
