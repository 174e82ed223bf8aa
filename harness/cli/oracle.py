"""
The command that other test suites drive.
"""

import sys

import click

from harness.cli.desk import Command, Desk


@click.command(cls=Command)
@click.pass_obj
def oracle(desk: Desk) -> None:
    """Judge what others ask: a JSON object on each line in, one on each line out.

    Kinds: path, crl, ocsp, signature, xmldsig, parse.  Nothing is fetched and nothing written,
    no world is needed, and an answer depends on its request alone.  Requests come by standard
    input, until it ends.

    \b
    Examples:
        minijpki oracle
    """
    import json

    from harness.oracle.answers import answer, lines

    for line in lines(sys.stdin.buffer):
        sys.stdout.write(json.dumps(answer(line), ensure_ascii=True) + "\n")
        sys.stdout.flush()
