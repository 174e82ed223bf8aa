"""
The command that shows the profile tables.
"""

import click

from harness.cli.desk import Desk, Group


@click.group(cls=Group)
def profile() -> None:
    """Show what certificates must say, on what grounds, and how sure that is.

    \b
    Examples:
        minijpki profile show sign
    """


@profile.command()
@click.argument("kind", type=click.Choice(["ca", "sign", "auth", "ocsp", "tsa"]))
@click.pass_obj
def show(desk: Desk, kind: str) -> None:
    """Show one profile, a row per field, in the order of the certificate.

    \b
    Examples:
        minijpki profile show sign
        minijpki profile show auth --json
    """
    from pki.profiles import PROFILES

    found = PROFILES[kind]
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
