"""
The command that serves a world over HTTP.
"""

from datetime import datetime

import click

from harness.cli.desk import Command, Desk
from harness.cli.moment import Moment


@click.command(cls=Command)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    help="0 takes one that is free.  [default: 8765; with --ephemeral 0]",
)
@click.option(
    "--allow-host", "hosts", multiple=True, metavar="NAME", help="Answer to this name, too."
)
@click.option(
    "--token",
    envvar="MINIJPKI_TOKEN",
    help="Asked for by all but the public services where others can come in.  [default: drawn]",
)
@click.option(
    "--ocsp",
    "mode",
    type=click.Choice(["live", "pre-signed"]),
    default="live",
    show_default=True,
    help="When answers are signed.",
)
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True)
@click.option("--ephemeral", is_flag=True, help="Serve a new world, and throw it away.")
@click.option("--seed", type=int, help="Of the ephemeral world; the same seed, the same bytes.")
@click.option("--at", type=Moment(), help="Freeze the ephemeral world's clock there.")
@click.option("--quiet", is_flag=True, help="Write no access log to standard error.")
@click.pass_obj
def serve(
    desk: Desk,
    host: str,
    port: int | None,
    hosts: tuple[str, ...],
    token: str | None,
    mode: str,
    workers: int,
    ephemeral: bool,
    seed: int | None,
    at: datetime | None,
    quiet: bool,
) -> None:
    """Serve lists, OCSP, timestamps, the verification API and the control room.

    The first line on standard output is the base URL.  SIGTERM or Ctrl-C stops.

    \b
    Examples:
        minijpki serve
        minijpki serve --ephemeral --seed 1
        minijpki serve --port 0 --ocsp pre-signed --workers 2 --quiet
        minijpki serve --host 0.0.0.0 --allow-host pki.test --token s3cret
    """
    import contextlib
    import json
    import secrets
    import sys
    from dataclasses import replace

    from harness.services.hosting import ephemeral_world, world_at
    from harness.services.serving import Options, address_of, listen, run

    if not ephemeral and (seed is not None or at is not None):
        raise click.UsageError("--seed and --at are of --ephemeral; an existing world has its own")
    wanted = port if port is not None else 0 if ephemeral else 8765
    options = Options(
        host=host, port=wanted, hosts=hosts, token=token, live=mode == "live", quiet=quiet
    )
    if options.is_exposed and token is None:
        options = replace(options, token=secrets.token_urlsafe(24))
        desk.say(f"token: {options.token}", f"トークン: {options.token}")
    with listen(host, wanted) as opened:
        base = address_of(opened, host)
        with contextlib.ExitStack() as stack:
            if ephemeral:
                directory = stack.enter_context(ephemeral_world(base, seed=seed, at=at))
            else:
                directory = stack.enter_context(world_at(desk.directory))
            click.echo(json.dumps({"base_url": base}) if desk.as_json else base)
            sys.stdout.flush()
            run(directory, options, opened, workers=workers)
