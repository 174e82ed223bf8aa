"""
A child, a grown-up, and somebody under guardianship ask for certificates.

The authentication certificate is for everybody, the signature certificate as a rule is
not; and who may not have it may not apply either.
"""

import datetime as dt

import pytest

from ca.eligibility import Allowed, Applicant, NotAllowed, may_apply, may_have
from pki.kinds import Kind
from pki.validity import age_on


@pytest.mark.parametrize(
    ("kind", "age", "guardianship", "allowed"),
    [
        pytest.param(Kind.SIGN, 14, False, False, id="sign-14"),
        pytest.param(Kind.SIGN, 15, False, True, id="sign-15"),
        pytest.param(Kind.SIGN, 40, True, False, id="sign-guardianship"),
        pytest.param(Kind.SIGN, 3, True, False, id="sign-child-and-guardianship"),
        pytest.param(Kind.AUTH, 0, False, True, id="auth-newborn"),
        pytest.param(Kind.AUTH, 40, True, True, id="auth-guardianship"),
    ],
)
def test_only_the_signature_certificate_is_restricted(kind, age, guardianship, allowed):
    """
    From fifteen on, and not under adult guardianship [J 10.1].
    """
    answer = may_have(kind, age=age, guardianship=guardianship)

    assert allowed == isinstance(answer, Allowed)


@pytest.mark.parametrize("by", Applicant, ids=lambda by: by.value)
@pytest.mark.parametrize(
    ("age", "guardianship", "represented"),
    [
        pytest.param(14, False, True, id="child"),
        pytest.param(15, False, False, id="fifteen"),
        pytest.param(40, True, True, id="guardianship"),
        pytest.param(40, False, False, id="grown-up"),
    ],
)
def test_who_has_a_legal_representative_does_not_apply_otherwise(
    by, age, guardianship, represented
):
    answer = may_apply(by, age=age, guardianship=guardianship)

    assert (represented == (by is Applicant.GUARDIAN)) == isinstance(answer, Allowed)


@pytest.mark.parametrize(
    ("day", "allowed"),
    [
        pytest.param(dt.date(2026, 3, 31), False, id="eve"),
        pytest.param(dt.date(2026, 4, 1), True, id="birthday"),
    ],
)
def test_one_turns_fifteen_on_the_birthday(day, allowed):
    age = age_on(dt.date(2011, 4, 1), day)

    assert allowed == isinstance(may_have(Kind.SIGN, age=age), Allowed)


@pytest.mark.parametrize(
    "answer",
    [
        may_have(Kind.SIGN, age=14),
        may_have(Kind.SIGN, age=40, guardianship=True),
        may_apply(Applicant.HOLDER, age=14),
        may_apply(Applicant.GUARDIAN, age=40),
    ],
    ids=["too-young", "guardianship", "only-the-guardian", "no-guardian"],
)
def test_a_refusal_says_the_cure_in_both_languages(answer):
    assert isinstance(answer, NotAllowed)
    assert "; " in answer.reason.said("en")
    assert answer.reason.said("ja").endswith("ください。")
