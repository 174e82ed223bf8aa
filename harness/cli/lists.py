"""
The commands about revocation lists.
"""

from datetime import datetime
from pathlib import Path

import click

from harness.cli.desk import Desk, Group
from harness.cli.moment import Moment, Word, rfc3339
from pki.kinds import Kind

kind_option = click.option("--kind", type=Word(Kind), default="sign", show_default=True)
generation_option = click.option(
    "--generation", type=click.IntRange(1, 999), help="Of the CA.  [default: newest]"
)
scope_argument = click.argument("scope", metavar="SCOPE")


@click.group(cls=Group)
def crl() -> None:
    """Show and publish revocation lists.

    SCOPE is the five digits of a municipality's JIS code, or `arl`.

    \b
    Examples:
        minijpki crl show 13101
        minijpki crl publish
    """


@crl.command()
@scope_argument
@kind_option
@generation_option
@click.option("--at", type=Moment(), help="The list that was out then.  [default: now]")
@click.option("-o", "--output", type=click.Path(dir_okay=False), help="Write the DER here.")
@click.pass_obj
def show(
    desk: Desk,
    scope: str,
    kind: Kind,
    generation: int | None,
    at: datetime | None,
    output: str | None,
) -> None:
    """Show the newest list of a scope that is out.

    \b
    Examples:
        minijpki crl show 13101
        minijpki crl show 13101 --kind auth --at 2026-04-02T00:00:00Z -o 13101.crl
        minijpki crl show arl --json
    """
    from harness.files import write_whole

    world = desk.world
    when = at or world.now()
    made = world.press.newest(kind, scope, generation=generation, at=when)
    if output:
        write_whole(Path(output), world.press.bytes(made))
    desk.answer(
        {
            "kind": kind.value,
            "generation": made.generation,
            "scope": scope,
            "number": made.request.number,
            "this_update": rfc3339(made.request.this_update),
            "next_update": rfc3339(made.request.next_update),
            "entries": [
                {
                    "serial": f"{each.serial:#x}",
                    "since": rfc3339(each.since),
                    "reason": each.reason.value,
                }
                for each in made.entries
            ],
        }
    )


@crl.command()
@click.argument("scopes", nargs=-1, metavar="[SCOPE]…")
@click.option("--kind", type=Word(Kind), help="Of this CA only.  [default: both]")
@click.option("--at", type=Moment(), help="When.  [default: the world's clock]")
@click.option("--ldap", metavar="URL", help="Write the lists that are out into this directory.")
@click.option("--bind-dn", metavar="DN", help="Whom to bind as.  [default: nobody]")
@click.option(
    "--bind-password", envvar="MINIJPKI_LDAP_PASSWORD", help="[default: from the environment]"
)
@click.pass_obj
def publish(
    desk: Desk,
    scopes: tuple[str, ...],
    kind: Kind | None,
    at: datetime | None,
    ldap: str | None,
    bind_dn: str | None,
    bind_password: str | None,
) -> None:
    """Publish lists now, besides those of every night at 03:00 JST; with --ldap, what is out.

    \b
    Examples:
        minijpki crl publish
        minijpki crl publish 13101 --kind sign
        minijpki crl publish --ldap ldap://127.0.0.1:389 --bind-dn cn=admin,c=JP
    """
    world = desk.world
    if ldap is not None:
        from harness.directory import publish as publish_in

        written = publish_in(
            world, ldap, at=world.moment(at), bind_dn=bind_dn, password=bind_password
        )
        desk.table({"dn": each} for each in written)
        return
    kinds = (kind,) if kind else tuple(Kind)
    made = world.press.publish(kinds, scopes, at=world.moment(at))
    desk.table(
        {
            "kind": each.kind.value,
            "generation": each.generation,
            "scope": each.word,
            "number": each.request.number,
            "entries": len(each.entries),
        }
        for each in made
    )


@crl.command()
@scope_argument
@kind_option
@generation_option
@click.option("--since", type=Moment(), required=True, help="Compare the list of then…")
@click.option("--at", type=Moment(), help="…with that of then.  [default: now]")
@click.pass_obj
def diff(
    desk: Desk,
    scope: str,
    kind: Kind,
    generation: int | None,
    since: datetime,
    at: datetime | None,
) -> None:
    """Show what changed on a list between two moments.

    \b
    Examples:
        minijpki crl diff 13101 --since 2026-04-01T00:00:00Z
    """
    world = desk.world
    before = world.press.newest(kind, scope, generation=generation, at=since)
    after = world.press.newest(kind, scope, generation=generation, at=at or world.now())
    old, new = ({e.serial: e for e in each.entries} for each in (before, after))
    desk.table(
        {
            "change": "added" if serial not in old else "left" if serial not in new else "changed",
            "serial": f"{serial:#x}",
            "reason": (new.get(serial) or old[serial]).reason.value,
        }
        for serial in sorted({*old, *new})
        if old.get(serial) != new.get(serial)
    )
