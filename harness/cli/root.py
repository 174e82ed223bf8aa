"""
The root of the command, which knows its groups by name and loads only the one asked for.
"""

from importlib import import_module

import click

from harness.cli.desk import Refusing, common_options

# Name, where it lives, and its sentence in the help, which thus loads nothing.
GROUPS = {
    "demo": ("harness.cli.demo:demo", "Play the whole story on a fresh world, with a report."),
    "init": ("harness.cli.init:init", "Make a world: two CAs, and a clock of its own."),
    "clock": ("harness.cli.clocks:group", "Show and turn the world's clock."),
    "resident": (
        "harness.cli.residents:resident",
        "Register residents, and report what happens to them.",
    ),
    "card": ("harness.cli.cards:card", "Issue cards, renew certificates, mind the PINs."),
    "office": ("harness.cli.offices:office", "Apply at the municipal counter, by its rules."),
    "notices": ("harness.cli.notices:notices", "List whose certificates end soon."),
    "ca": ("harness.cli.authorities:ca", "Show the two CAs, and roll their keys over."),
    "crl": ("harness.cli.lists:crl", "Show and publish revocation lists."),
    "link": ("harness.cli.links:link", "Tell which certificates belong together."),
    "consent": ("harness.cli.links:consent", "Record consent to the latest four items."),
    "export": ("harness.cli.exports:export", "Write certificates and lists as PEM files."),
    "sign": ("harness.cli.signing:sign", "Sign with a resident's card."),
    "login": ("harness.cli.login:login", "Log in by answering a challenge."),
    "timestamp": ("harness.cli.timestamps:timestamp", "Stamp documents with the world's time."),
    "verify": ("harness.cli.verifying:verify", "Judge a signed document or a certificate."),
    "verdict": ("harness.cli.verdicts:verdict", "Show what verdicts can say, and why."),
    "inspect": (
        "harness.cli.inspecting:inspect",
        "Judge every field of certificates, lists and responses by the profile.",
    ),
    "serve": (
        "harness.cli.serving:serve",
        "Serve lists, OCSP, the API and the control room over HTTP.",
    ),
    "faults": ("harness.cli.faults:faults", "Make bad days happen, and end them."),
    "profile": ("harness.cli.profiles:profile", "Show what certificates must say, and why."),
    "oracle": ("harness.cli.oracle:oracle", "Judge what other test suites ask, line by line."),
    "fsck": ("harness.cli.fscks:fsck", "Check a world's store for damage."),
}


class Root(Refusing, click.Group):
    """Loads lazily."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(GROUPS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in GROUPS:
            return None
        module, _, name = GROUPS[cmd_name][0].partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, sentence) for name, (_, sentence) in GROUPS.items()])


cli = Root(
    name="minijpki",
    help="""Run a miniature JPKI: Japan's public PKI on one machine, on a clock you turn.

    \b
    Examples:
        minijpki demo
        minijpki init --at 2026-04-01T12:00:00+09:00
        minijpki resident add --id hanako --name "住基 花子" --born 1990-01-01 \\
            --sex female --address 東京都千代田区丸の内1-1-1
        minijpki card issue hanako --sign-pin ABC123
        minijpki sign xml --holder hanako --pin ABC123 filing.xml -o signed.xml
        minijpki verify signed.xml
    """,
    params=common_options(envvar="MINIJPKI_WORLD"),  # once, lest it outdo a -C before it
    context_settings={"help_option_names": ["-h", "--help"]},
)
