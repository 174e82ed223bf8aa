"""
Name constraints: which names may stand below a CA.  Pure [5280 4.2.1.10].

Every nameConstraints of a path adds one set of permitted subtrees and some excluded ones.
A name must stand in each permitted set that has its form, and in no excluded subtree: this
is the intersection and the union of [5280 6.1.4 (g)], kept apart instead of computed.
"""

from pki.paths import general_names as forms
from pki.paths.budget import Budget, Work
from pki.paths.extensions import Subtrees
from pki.paths.foreign import Foreign
from pki.paths.general_names import GeneralName
from pki.paths.names import emails, within


def names_of(subject: Foreign) -> list[GeneralName]:
    """List all names that constraints reach: subject, its e-mail addresses, subjectAltName."""
    names = list(subject.names)
    if subject.subject:
        names.append(GeneralName(forms.DIRECTORY, subject.certificate.subject, subject.subject))
    # NOTE: the standard asks for the addresses only without a subjectAltName; here always,
    # for whoever reads the attribute would believe it in either case.
    for address in emails(subject.certificate.subject):
        names.append(GeneralName(forms.RFC822, address if address.isascii() else b""))
    return names


def permits(constraints: list[Subtrees], subject: Foreign, budget: Budget) -> bool:
    """Tell whether all names of *subject* may stand below these constraints."""
    if not constraints:
        return True
    names = names_of(subject)
    for subtrees in constraints:
        budget.spend(Work.NAME, len(names) * (len(subtrees.permitted) + len(subtrees.excluded)) + 1)
        if not all(_permits(subtrees, name) for name in names):
            return False
    return True


def _permits(subtrees: Subtrees, name: GeneralName) -> bool:
    permitted = [base for base in subtrees.permitted if base.form == name.form]
    excluded = [base for base in subtrees.excluded if base.form == name.form]
    if not permitted and not excluded:
        return True
    if name.form not in _MATCHERS:  # a form that cannot be judged is refused [5280 4.2.1.10]
        return False
    if name.form == forms.URI and not _host(name.text):
        return False
    if name.form == forms.RFC822 and b"@" not in name.value:
        return False
    matches = _MATCHERS[name.form]
    if any(matches(name, base) or _wildcard_reaches(name, base) for base in excluded):
        return False
    return not permitted or any(matches(name, base) for base in permitted)


def _directory(name: GeneralName, base: GeneralName) -> bool:
    return within(name.directory, base.directory)


def _dns(name: GeneralName, base: GeneralName) -> bool:
    host, domain = name.text.lower().rstrip("."), base.text.lower()
    return not domain or host == domain or host.endswith("." + domain.lstrip("."))


def _wildcard_reaches(name: GeneralName, base: GeneralName) -> bool:
    """Tell whether `*.example.jp` may stand for an excluded `www.example.jp`."""
    if name.form != forms.DNS or not name.value.startswith(b"*."):
        return False
    return base.text.lower().lstrip(".").partition(".")[2] == name.text.lower()[2:].rstrip(".")


def _mailbox(name: GeneralName, base: GeneralName) -> bool:
    local, _, host = name.text.rpartition("@")
    wanted, at, domain = base.text.rpartition("@")
    if at:  # one mailbox; only the host ignores case
        return wanted == local and domain.lower() == host.lower()
    return _host_or_below(host, base.text)


def _host_or_below(host: str, base: str) -> bool:
    """Match a host itself, or with a leading period those below it and not itself."""
    host, base = host.lower(), base.lower()
    return host.endswith(base) if base.startswith(".") else host == base


def _uri(name: GeneralName, base: GeneralName) -> bool:
    return _host_or_below(_host(name.text), base.text)


def _host(uri: str) -> str:
    """Return the host of a URI; empty if it has none, or an address [5280 4.2.1.10]."""
    authority = uri.partition("://")[2]
    for end in "/?#":
        authority = authority.partition(end)[0]
    host = authority.rpartition("@")[2].partition(":")[0].rstrip(".")
    return "" if host.startswith("[") or host.replace(".", "").isdigit() else host


def _address(name: GeneralName, base: GeneralName) -> bool:
    size = len(name.value)
    if size not in (4, 16) or len(base.value) != 2 * size:
        return False
    return all(
        octet & mask == wanted & mask
        for octet, wanted, mask in zip(
            name.value, base.value[:size], base.value[size:], strict=True
        )
    )


_MATCHERS = {
    forms.DIRECTORY: _directory,
    forms.RFC822: _mailbox,
    forms.DNS: _dns,
    forms.URI: _uri,
    forms.IP_ADDRESS: _address,
}
