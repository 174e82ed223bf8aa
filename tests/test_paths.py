"""
Hanako's certificate comes from far away, and somebody has to find the way to an anchor.

The bag is in no order, names repeat, hints mislead, and some bags were packed to be
searched for ever.  A way that holds is found if there is one, within a counted effort.
"""

import datetime as dt

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from path_workshop import (
    NOON,
    P1,
    P2,
    P3,
    YEAR,
    authority,
    certificate,
    cn,
    judged,
    key,
    policies,
    usage,
)

from harness.verifier.paths import Answer
from pki.causes import CAUSES
from pki.der.write import oid, sequence
from pki.errors import Malformed, SearchExhausted
from pki.paths.algorithms import Trust
from pki.paths.budget import LIMITS, Budget, Work
from pki.paths.extensions import ANY_POLICY
from pki.paths.foreign import read_foreign
from pki.paths.policies import PolicyGraph

VALID, INVALID, INDETERMINATE = Answer.VALID, Answer.INVALID, Answer.INDETERMINATE
SECOND = dt.timedelta(seconds=1)

ROOT = authority("Root")
CITY = authority("City", "Root")
WARD = authority("Ward", "City")
HANAKO = certificate("Hanako", "Ward")


def test_a_path_is_found_in_a_bag_without_order():
    verdict = judged(HANAKO, [WARD, authority("Elsewhere"), CITY], [ROOT])

    assert (VALID, None) == (verdict.answer, verdict.cause)
    assert (HANAKO, WARD, CITY) == verdict.path


@pytest.mark.parametrize("missing", ["ward", "city", "root"])
def test_a_gap_leads_to_no_anchor(missing):
    bag = [der for word, der in (("ward", WARD), ("city", CITY)) if word != missing]
    anchors = [] if missing == "root" else [ROOT]

    assert "no-certificate-chain-found" == judged(HANAKO, bag, anchors).cause


def test_an_anchor_is_trusted_for_its_key_and_not_for_its_name():
    rogue = authority("Root", subject_key="rogue", issuer_key="rogue")

    assert "no-certificate-chain-found" == judged(HANAKO, [WARD, CITY], [rogue]).cause
    assert VALID is judged(HANAKO, [WARD, CITY], [rogue, ROOT]).answer


def hint(word):
    return x509.AuthorityKeyIdentifier.from_issuer_public_key(key(word).public_key())


def identifier(word):
    return x509.SubjectKeyIdentifier.from_public_key(key(word).public_key())


@pytest.mark.parametrize("hinted", ["new", "old", "nobody", None])
def test_of_generations_that_share_a_name_the_signature_decides(hinted):
    """
    The key identifier is right, wrong, of nobody, or absent.
    """
    generations = [
        authority("CA", None, identifier(word), subject_key=word, issuer_key=word)
        for word in ("oldest", "old", "new")
    ]
    hints = [hint(hinted)] if hinted else []
    target = certificate("Hanako", "CA", *hints, issuer_key="new")

    assert VALID is judged(target, [], generations).answer
    assert INVALID is judged(target, [], generations[:2]).answer


def test_a_loop_leads_nowhere():
    """
    Two CAs certify each other, and neither is trusted.
    """
    one, other = authority("One", "Other"), authority("Other", "One")
    target = certificate("Hanako", "One")

    assert "no-certificate-chain-found" == judged(target, [one, other], [ROOT]).cause
    assert VALID is judged(target, [one, other], [authority("Other")]).answer


def test_the_path_that_holds_is_taken_although_another_was_found_first():
    """
    City is certified twice, once by a certificate that has run out.
    """
    stale = authority("City", "Root", ends=NOON - SECOND)

    assert VALID is judged(HANAKO, [WARD, stale, CITY], [ROOT]).answer
    assert "ca-expired" == judged(HANAKO, [WARD, stale], [ROOT]).cause


@pytest.mark.parametrize("size", [4, 12, 40])
def test_a_bag_packed_to_be_searched_for_ever_ends_by_the_counter(size):
    """
    One name, *size* keys, and each certifies all the others: the ways number its factorial.
    """
    bag = [
        authority("Maze", "Maze", subject_key=f"maze {one}", issuer_key=f"maze {other}")
        for one in range(size)
        for other in range(size)
        if one != other
    ]
    target = certificate("Hanako", "Maze", issuer_key="maze 0")

    verdict = judged(target, bag, [ROOT])

    expected = "no-certificate-chain-found" if size == 4 else "search-limit"
    assert expected == verdict.cause
    assert verdict.answer is (INVALID if CAUSES[expected].fatal else INDETERMINATE)


def test_a_path_that_is_too_long_for_anybody_is_not_climbed():
    bag = [authority(f"CA {n}", f"CA {n - 1}") for n in range(1, 40)]
    target = certificate("Hanako", "CA 39")

    assert "no-certificate-chain-found" == judged(target, bag, [authority("CA 0")]).cause


@pytest.mark.parametrize("work", list(Work), ids=lambda work: work.value)
def test_each_kind_of_work_has_a_limit_of_its_own(work):
    """
    And who goes beyond it is told what was used up.
    """
    budget = Budget()
    budget.spend(work, LIMITS[work])

    assert LIMITS[work] == budget.spent(work)
    assert [] == [other for other in Work if other is not work and budget.spent(other)]
    with pytest.raises(SearchExhausted) as caught:
        budget.spend(work)
    assert work.value == caught.value.work


def test_every_kind_of_work_has_a_limit():
    assert set(Work) == set(LIMITS)


@pytest.mark.parametrize(
    ("begins", "ends", "cause"),
    [
        pytest.param(NOON - YEAR, NOON, None, id="the last second"),
        pytest.param(NOON - YEAR, NOON - SECOND, "expired", id="a second late"),
        pytest.param(NOON, NOON + YEAR, None, id="the first second"),
        pytest.param(NOON + SECOND, NOON + YEAR, "not-yet-valid", id="a second early"),
    ],
)
def test_both_ends_of_the_validity_belong_to_it(begins, ends, cause):
    """
    [5280 4.1.2.5]
    """
    assert cause == judged(certificate("H", "Root", begins=begins, ends=ends), [], [ROOT]).cause


def test_a_holder_issues_nothing():
    holder = certificate("Holder", "Root", (usage(sign=True), True))
    target = certificate("Hanako", "Holder")

    verdict = judged(target, [holder], [ROOT])

    assert (INVALID, "chain-constraints-failure") == (verdict.answer, verdict.cause)


def test_a_path_length_counts_those_below_that_are_not_self_issued():
    """
    [5280 6.1.4 (l)]; a CA that changes its key under its own name costs nothing.
    """
    root = authority("Short", length=0)
    renewed = authority("Short", "Short", subject_key="renewed")
    under = certificate("Hanako", "Short", issuer_key="renewed")
    sub = authority("Sub", "Short")

    assert VALID is judged(under, [renewed], [root]).answer
    assert INVALID is judged(certificate("Hanako", "Sub"), [sub], [root]).answer
    assert INVALID is judged(HANAKO, [WARD, CITY], [ROOT], max_depth=1).answer
    assert VALID is judged(HANAKO, [WARD, CITY], [ROOT], max_depth=2).answer


@pytest.mark.parametrize(
    ("purposes", "asked", "answer"),
    [
        pytest.param(None, "1.3.6.1.5.5.7.3.2", VALID, id="none stated bars none"),
        pytest.param([ExtendedKeyUsageOID.CLIENT_AUTH], "1.3.6.1.5.5.7.3.2", VALID, id="same"),
        pytest.param([ExtendedKeyUsageOID.SERVER_AUTH], "1.3.6.1.5.5.7.3.2", INVALID, id="other"),
        pytest.param([ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE], "1.2.3", VALID, id="any"),
    ],
)
@pytest.mark.parametrize("where", ["target", "above"])
def test_a_purpose_must_be_allowed_all_the_way(purposes, asked, answer, where):
    extensions = [x509.ExtendedKeyUsage(purposes)] if purposes else []
    city = authority("City", "Root", *(extensions if where == "above" else []))
    target = certificate("Hanako", "City", *(extensions if where == "target" else []))

    assert answer is judged(target, [city], [ROOT], purposes=frozenset({asked})).answer


def test_an_unknown_critical_extension_ends_the_path():
    strange = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.4.1.32473.85.9"), b"\5\0")

    assert VALID is judged(certificate("H", "Root", strange), [], [ROOT]).answer
    assert INVALID is judged(certificate("H", "Root", (strange, True)), [], [ROOT]).answer


def test_the_user_constrained_policies_come_with_the_verdict():
    city = authority("City", "Root", policies(P1, P2))
    target = certificate("Hanako", "City", policies(P2, P3))

    found = judged(target, [city], [ROOT], explicit_policy=True)

    assert (VALID, frozenset({P2})) == (found.answer, found.policies)
    for wanted, answer in ((P2, VALID), (P1, INVALID), (P3, INVALID)):
        verdict = judged(target, [city], [ROOT], policies=frozenset({wanted}), explicit_policy=True)
        assert (wanted, answer) == (wanted, verdict.answer)


def test_a_mapping_leads_from_one_domain_to_the_other_unless_it_is_barred():
    mapping = x509.UnrecognizedExtension(
        x509.ObjectIdentifier("2.5.29.33"), sequence(sequence(oid(P1), oid(P2)))
    )
    city = authority("City", "Root", policies(P1), mapping)
    target = certificate("Hanako", "City", policies(P2))
    wanted = {"policies": frozenset({P1}), "explicit_policy": True}

    assert VALID is judged(target, [city], [ROOT], **wanted).answer
    assert INVALID is judged(target, [city], [ROOT], **wanted, inhibit_mapping=True).answer


def test_mappings_that_double_with_every_certificate_do_not_double_the_work():
    """
    A tree would have 2^30 leaves; the graph keeps two nodes to a level [9618 5].
    """
    graph = PolicyGraph(Budget())
    pair = frozenset({b"one", b"two"})
    for _ in range(30):
        graph.certificate(pair, any_counts=False)
        graph.mappings(tuple((a, b) for a in pair for b in pair), allowed=True)
    graph.certificate(pair, any_counts=False)

    assert pair == graph.constrained(None)
    assert frozenset() == graph.constrained(frozenset({b"three"}))


def test_any_policy_stands_for_what_the_user_wants():
    graph = PolicyGraph(Budget())
    for _ in range(3):
        graph.certificate(frozenset({ANY_POLICY}), any_counts=True)

    assert frozenset({ANY_POLICY}) == graph.constrained(None)
    assert frozenset({b"mine"}) == graph.constrained(frozenset({b"mine"}))


@pytest.mark.parametrize(
    ("size", "trust", "at", "answer"),
    [
        pytest.param(2048, Trust.DEFAULT, "2040-01-01T00:00:00Z", VALID, id="no end by default"),
        pytest.param(2048, Trust.CRYPTREC, "2030-12-31T14:59:59Z", VALID, id="its last second"),
        pytest.param(2048, Trust.CRYPTREC, "2030-12-31T15:00:00Z", INVALID, id="past its end"),
        pytest.param(3072, Trust.CRYPTREC, "2040-01-01T00:00:00Z", VALID, id="longer"),
        pytest.param(1024, Trust.DEFAULT, "2026-01-01T00:00:00Z", INVALID, id="short"),
        pytest.param(1024, Trust.LEGACY, "2026-01-01T00:00:00Z", VALID, id="short, old vectors"),
    ],
)
def test_keys_have_a_least_length_and_an_end(size, trust, at, answer):
    secret = rsa.generate_private_key(65537, size)
    builder = (
        x509.CertificateBuilder()
        .public_key(secret.public_key())
        .serial_number(1)
        .issuer_name(x509.Name([cn("Long")]))
        .not_valid_before(NOON - YEAR)
        .not_valid_after(NOON + 20 * YEAR)
    )
    root, target = (
        builder.subject_name(x509.Name([cn(name)]))
        .add_extension(x509.BasicConstraints(True, None), critical=True)
        .sign(secret, hashes.SHA256())
        .public_bytes(Encoding.DER)
        for name in ("Long", "Hanako")
    )

    verdict = judged(target, [], [root], trust=trust, at=dt.datetime.fromisoformat(at))

    assert answer is verdict.answer
    assert verdict.answer is VALID or "crypto-constraints-failure" == verdict.cause


def test_every_truncation_of_a_certificate_is_refused_and_never_raises_anything_else():
    for size in range(len(CITY)):
        with pytest.raises(Malformed):
            read_foreign(CITY[:size])


def test_names_of_several_attributes_are_read_and_compared_as_sets():
    name = x509.Name(
        [x509.RelativeDistinguishedName([cn("Hanako"), x509.NameAttribute(NameOID.TITLE, "Dr")])]
    )
    root = authority("Root")

    assert VALID is judged(certificate(name, "Root", subject_key="Hanako"), [], [root]).answer
