"""
The command that shows the profile tables.
"""

import click

from harness.cli.desk import Desk, Group

KINDS = ["ca", "sign", "auth", "ocsp", "tsa", "municipal", "authorities", "full", "response"]


@click.group(cls=Group)
def profile() -> None:
    """Show what certificates, lists and responses must say, on what grounds, and how sure that is.

    \b
    Examples:
        minijpki profile show sign
    """


@profile.command()
@click.argument("kind", type=click.Choice(KINDS))
@click.pass_obj
def show(desk: Desk, kind: str) -> None:
    """Show one profile, a row per field, in the order of the object.

    \b
    Examples:
        minijpki profile show sign
        minijpki profile show auth --json
    """
    from crl.inspection.engine import ALL_PROFILES

    found = ALL_PROFILES[kind]
    desk.say(f"{found.title} ({found.japanese})", found.japanese)
    desk.table(
        {
            "field": row.name,
            "oid": row.oid,
            "critical": row.critical,
            "value": row.shown,
            "confidence": row.confidence.value,
            "source": row.source,
        }
        for row in found.rows
    )
