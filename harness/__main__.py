"""
The door: see whose house this is, then hand over to the command line.

Another distribution, dogtag-pki, installs a package called pki as well.  Where both
are installed it may be theirs that Python finds, so the door asks before it opens.
"""

from importlib import import_module

FLOORS = ("pki", "crl", "ca", "harness")


def check_identity() -> None:
    """Refuse to run on somebody else's package of the same name."""
    for floor in FLOORS:
        found = import_module(floor)
        if getattr(found, "DISTRIBUTION", None) != "minijpki":
            where = getattr(found, "__file__", None) or "an unknown place"
            raise SystemExit(
                f"minijpki: the package {floor!r} found at {where} is not ours; "
                "install minijpki in an environment of its own"
            )


def main() -> None:
    check_identity()

    from harness.cli.root import cli  # only now, for this needs our own pki

    cli(prog_name="minijpki")


if __name__ == "__main__":
    main()
