"""
Options that are asked for, unseen, when they are not given.
"""

from typing import Any

import click


class Secret(click.Option):
    """A PIN: given, taken from the environment, or typed; never echoed."""

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **{**settings, "hide_input": True})

    def prompt_for_value(self, ctx: click.Context) -> Any:
        """Ask; where there is no terminal to ask at, say how else."""
        from getpass import GetPassWarning
        from warnings import catch_warnings, simplefilter

        with catch_warnings():
            simplefilter("error", GetPassWarning)  # it would go on, and echo
            try:
                return super().prompt_for_value(ctx)
            except GetPassWarning:
                ways = " or ".join([self.opts[0], *([str(self.envvar)] if self.envvar else [])])
                raise click.UsageError(
                    f"there is no terminal to ask for the PIN at; give it with {ways}", ctx
                ) from None
