"""
The command that writes certificates and lists as files for other programs.
"""

from pathlib import Path

import click

from harness.cli.desk import Command, Desk


@click.command(cls=Command)
@click.option("--holder", "identifier", metavar="ID", help="Certificates, their CAs, their lists.")
@click.option("--ca", "authorities", is_flag=True, help="Every generation of both CAs.")
@click.option("--crl", "lists", is_flag=True, help="Every list that is out, as DER.")
@click.option(
    "-o", "--output", type=click.Path(file_okay=False), default=".", help="Into this directory."
)
@click.pass_obj
def export(desk: Desk, identifier: str | None, authorities: bool, lists: bool, output: str) -> None:
    """Write certificates and lists as files, so that other programs can judge them.

    \b
    --holder writes  sign.cert.pem auth.cert.pem   the certificates on the card
                     sign.ca.pem   auth.ca.pem     the generations that issued them
                     sign.crl.pem  auth.crl.pem    their newest lists that are out

    \b
    Examples:
        minijpki export --holder hanako -o out
        minijpki export --ca --crl -o out
    """
    from harness.exports import export_authorities, export_holder, export_lists

    if not (identifier or authorities or lists):
        raise click.UsageError("say what to export: --holder ID, --ca or --crl")
    world, target = desk.world, Path(output)
    written = []
    if identifier:
        written += export_holder(world, identifier, target)
    if authorities:
        written += export_authorities(world, target)
    if lists:
        written += export_lists(world, target)
    desk.table({"file": str(path)} for path in written)
