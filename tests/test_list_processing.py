"""
Lists of every kind: by point, by reason, for several issuers, changes only, or by proxy.

What they say together decides, and what none of them says stays open [5280 6.3].
"""

import ssl
from contextlib import closing

import pytest
from cryptography import x509
from path_workshop import (
    HOUR,
    NOON,
    authority,
    certificate,
    crl,
    dn,
    judged,
    key,
    point,
    usage,
)

from harness.exports import export_holder
from harness.scene import Scene
from harness.verifier.paths import Answer, Asked, validate
from pki.kinds import Kind

VALID, INVALID, INDETERMINATE = Answer.VALID, Answer.INVALID, Answer.INDETERMINATE

ROOT = authority("Root")
SERIAL = 0x4711


def here(name="Point", *, reasons=None, issuer=None):
    """
    Name the point at which a certificate is spoken of.
    """
    return x509.CRLDistributionPoints(
        [
            x509.DistributionPoint(
                full_name=[x509.DirectoryName(dn(name))] if name else None,
                relative_name=None,
                reasons=reasons,
                crl_issuer=[x509.DirectoryName(dn(issuer))] if issuer else None,
            )
        ]
    )


def at_point(name="Point", **other):
    return point(full_name=[x509.DirectoryName(dn(name))], **other)


def hanako(*extensions, issuer="Root", **other):
    return certificate("Hanako", issuer, *extensions, serial=SERIAL, **other)


def outcome(target, crls, bag=(), **other):
    verdict = judged(target, bag, [ROOT], crls, **other)
    return verdict.answer, verdict.cause


GOOD, REVOKED = (VALID, None), (INVALID, "revoked")


@pytest.mark.parametrize(
    ("target", "lists", "expected"),
    [
        pytest.param(hanako(), [crl("Root")], GOOD, id="full"),
        pytest.param(hanako(), [crl("Root", SERIAL)], REVOKED, id="full, listed"),
        pytest.param(hanako(here()), [crl("Root", point=at_point())], GOOD, id="own point"),
        pytest.param(
            hanako(here()),
            [crl("Root", SERIAL, point=at_point())],
            REVOKED,
            id="own point, listed",
        ),
        pytest.param(
            hanako(here()),
            [crl("Root", point=at_point("Other"))],
            (INDETERMINATE, "crl-scope"),
            id="another point",
        ),
        pytest.param(
            hanako(),
            [crl("Root", point=point(only_contains_ca_certs=True))],
            (INDETERMINATE, "crl-scope"),
            id="of CAs only",
        ),
        pytest.param(
            hanako(),
            [crl("Root", point=point(only_contains_user_certs=True))],
            GOOD,
            id="of holders only",
        ),
        pytest.param(
            hanako(),
            [crl("Root", issuer_key="rogue")],
            (INDETERMINATE, "crl-untrusted"),
            id="another key",
        ),
        pytest.param(
            hanako(), [crl("Root", at=NOON + HOUR)], (INDETERMINATE, "crl-not-yet-valid"), id="new"
        ),
        pytest.param(
            hanako(), [crl("Root", at=NOON - 49 * HOUR)], (INDETERMINATE, "crl-stale"), id="old"
        ),
        pytest.param(
            hanako(), [crl("Root", base=1, number=2)], (INDETERMINATE, "crl-missing"), id="delta"
        ),
    ],
)
def test_a_list_says_yes_no_or_nothing(target, lists, expected):
    assert expected == outcome(target, lists)


def test_of_two_lists_of_one_scope_the_newer_counts():
    older = crl("Root", at=NOON - 24 * HOUR, number=1)
    newer = crl("Root", SERIAL, number=2)

    assert REVOKED == outcome(hanako(), [older, newer])
    assert REVOKED == outcome(hanako(), [newer, older])


def test_of_two_lists_of_different_scope_the_worse_counts():
    full = crl("Root", number=2)
    partial = crl("Root", SERIAL, point=at_point(), at=NOON - 24 * HOUR)

    assert REVOKED == outcome(hanako(here()), [full, partial])


def test_reasons_add_up_until_all_are_covered():
    flags = list(x509.ReasonFlags)
    some = frozenset({x509.ReasonFlags.key_compromise, x509.ReasonFlags.ca_compromise})
    rest = (
        frozenset(flags) - some - {x509.ReasonFlags.unspecified, x509.ReasonFlags.remove_from_crl}
    )
    one = crl("Root", point=point(only_some_reasons=some))
    other = crl("Root", point=point(only_some_reasons=rest))

    assert (INDETERMINATE, "crl-scope") == outcome(hanako(), [one])
    assert GOOD == outcome(hanako(), [one, other])
    listed = crl("Root", SERIAL, point=point(only_some_reasons=rest))
    assert REVOKED == outcome(hanako(), [one, listed])


def test_a_delta_changes_what_its_base_says():
    complete = crl("Root", number=5)
    held = crl("Root", (SERIAL, x509.CRLReason(x509.ReasonFlags.certificate_hold)), number=5)
    revoking = crl("Root", SERIAL, base=5, number=6)
    removing = crl(
        "Root", (SERIAL, x509.CRLReason(x509.ReasonFlags.remove_from_crl)), base=4, number=6
    )

    assert REVOKED == outcome(hanako(), [complete, revoking])
    assert REVOKED == outcome(hanako(), [held])
    assert GOOD == outcome(hanako(), [held, removing])


@pytest.mark.parametrize(
    ("base", "number"),
    [pytest.param(6, 7, id="of a later base"), pytest.param(3, 5, id="no newer than the list")],
)
def test_a_delta_that_does_not_fit_is_not_combined(base, number):
    """
    [5280 5.2.4]
    """
    complete = crl("Root", SERIAL, number=5)
    removing = crl(
        "Root",
        (SERIAL, x509.CRLReason(x509.ReasonFlags.remove_from_crl)),
        base=base,
        number=number,
    )

    assert REVOKED == outcome(hanako(), [complete, removing])


def test_an_indirect_list_speaks_for_those_that_its_entries_name():
    """
    The entry after one that names an issuer belongs to the same [5280 5.3.3].
    """
    other = authority("Other", "Root")
    proxy = certificate("Proxy", "Root", (usage(lists=True), True))
    by_proxy = here(issuer="Proxy")
    named = x509.CertificateIssuer([x509.DirectoryName(dn("Other"))])
    roots = crl("Root")

    def heard(*entries, issuer="Other", indirect=True):
        scope = at_point(indirect_crl=indirect)
        bag = [other, proxy]
        lists = [roots, crl("Proxy", *entries, point=scope)]
        return outcome(hanako(by_proxy, issuer=issuer), lists, bag)

    assert GOOD == heard()
    assert REVOKED == heard((SERIAL, named))
    assert REVOKED == heard((1, named), SERIAL)
    assert GOOD == heard(SERIAL, (1, named))  # of the proxy's own certificates
    assert (INDETERMINATE, "crl-missing") == heard(indirect=False)


def test_whoever_signs_a_list_needs_a_path_of_his_own_and_leave_to_sign():
    by_proxy = hanako(here(issuer="Proxy"))
    scope = at_point(indirect_crl=True)
    said = crl("Proxy", point=scope)
    leave = (usage(lists=True), True)
    signer = certificate("Proxy", "Root", leave, here("Proxies"), serial=77)

    assert GOOD == outcome(by_proxy, [crl("Root", point=at_point("Proxies")), said], [signer])
    without_leave = certificate("Proxy", "Root", (usage(sign=True), True))
    stranger = authority("Proxy")
    for nobody in ([], [without_leave], [stranger]):
        assert (INDETERMINATE, "crl-untrusted") == outcome(by_proxy, [said], nobody)
    revoked = [crl("Root", 77, point=at_point("Proxies")), said]
    assert (INDETERMINATE, "crl-untrusted") == outcome(by_proxy, revoked, [signer])


def test_a_revoked_ca_takes_everybody_with_it():
    city = authority("City", "Root", serial=99)
    target = hanako(issuer="City")

    assert GOOD == outcome(target, [crl("Root"), crl("City")], [city])
    assert REVOKED == outcome(target, [crl("Root", 99), crl("City")], [city])
    assert GOOD == outcome(target, [crl("Root", 99), crl("City")], [city], revocation=Asked.TARGET)
    assert (INDETERMINATE, "crl-missing") == outcome(target, [crl("City")], [city])


def test_lists_whose_signers_vouch_for_one_another_leave_the_question_open():
    """
    Each proxy's certificate is spoken of by the other's list.
    """
    leave = (usage(lists=True), True)
    one = certificate("One", "Root", leave, here(issuer="Two"))
    two = certificate("Two", "Root", leave, here(issuer="One"))
    scope = at_point(indirect_crl=True)
    lists = [crl("One", point=scope), crl("Two", point=scope)]

    answer, cause = outcome(hanako(here(issuer="One")), lists, [one, two])

    assert (INDETERMINATE, "crl-untrusted") == (answer, cause)


def test_a_long_row_of_signers_ends_by_the_counter():
    leave = (usage(lists=True), True)
    scope = at_point(indirect_crl=True)
    bag, lists = [], []
    for n in range(40):
        bag.append(certificate(f"P{n}", "Root", leave, here(issuer=f"P{n + 1}")))
        lists.append(crl(f"P{n}", point=scope))

    assert (INDETERMINATE, "search-limit") == outcome(hanako(here(issuer="P0")), lists, bag)


def test_a_key_that_is_not_the_issuers_cannot_speak_for_his_namesake():
    """
    Generations share a name; each list speaks for what its own key signed [J 5].
    """
    old, new = (authority("CA", None, subject_key=word, issuer_key=word) for word in ("old", "new"))
    target = hanako(issuer="CA", issuer_key="new")
    lists = {word: crl("CA", SERIAL, issuer_key=word) for word in ("old", "new")}

    assert key("old") is not key("new")
    for word, cause in (("new", "revoked"), ("old", "crl-untrusted")):
        verdict = judged(target, [], [old, new], [lists[word]])
        assert (word, cause) == (word, verdict.cause)


@pytest.mark.parametrize("kind", list(Kind), ids=lambda kind: kind.value)
def test_the_certificates_of_a_world_are_judged_in_general_as_in_particular(kind, tmp_path):
    """
    Hanako's two certificates by the rules for everybody: only the lists of her own city
    speak for them, and her move ends the one and not the other.
    """
    with closing(Scene.fresh(tmp_path / "world")) as scene:
        holder = scene.resident("hanako")
        scene.wait_for_lists()
        before = exported(scene, kind, tmp_path / "before")
        holder.moves()
        after = exported(scene, kind, tmp_path / "after")

    assert VALID is before.answer
    assert (INVALID if kind is Kind.SIGN else VALID) is after.answer
    assert after.cause == ("revoked" if kind is Kind.SIGN else None)


def exported(scene, kind, folder):
    folder.mkdir()
    export_holder(scene.world, "hanako", folder)
    target, anchor, *lists = [
        ssl.PEM_cert_to_DER_cert(
            (folder / f"{kind.value}.{name}.pem").read_text().replace("X509 CRL", "CERTIFICATE")
        )
        for name in ("cert", "ca", "crl")
    ]
    return validate(target, [], [anchor], lists, at=scene.now)
