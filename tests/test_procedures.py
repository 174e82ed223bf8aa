"""
What the counter asks for, of Hanako and of those whom she sends.

One table, procedure by applicant: documents, PINs, visits, fee and place, or a refusal with
a reason.  An agent comes twice, because the office writes to Hanako in between.
"""

import re
from dataclasses import fields

import pytest

from ca.counter import TABLE
from ca.documents import ASKED, LIST_A, LIST_B, NAMES, PAPERS, Document, Proof, proves
from ca.eligibility import Applicant
from ca.hours import Place
from ca.pins import RULES
from ca.procedures import (
    BY,
    TITLES,
    Procedure,
    Refusal,
    Requirement,
    missing,
    procedure_named,
    requirements,
)
from ca.words import Words
from pki.errors import UnknownProcedure
from pki.kinds import Channel, Confidence, Pin

CELLS = [
    pytest.param(procedure, by, id=f"{procedure.value}-{by.value}")
    for procedure in Procedure
    for by in Applicant
]
CITIES = {"高岡", "高崎", "春日井", "名古屋", "長崎"}
CARD = Document.MY_NUMBER_CARD
JAPANESE = re.compile("[぀-ヿ一-鿿]")

every_cell = pytest.mark.parametrize(("procedure", "by"), CELLS)


def granted_rows():
    for procedure in Procedure:
        for by in Applicant:
            row = requirements(procedure, by)
            if isinstance(row, Requirement):
                yield procedure, by, row


@every_cell
def test_the_table_is_complete(procedure, by):
    """
    Each cell is a requirement or a refusal, with source and confidence.
    """
    row = requirements(procedure, by)

    assert isinstance(row, Requirement | Refusal)
    assert re.fullmatch(r"\[J [\d.]+\]", row.source)
    assert isinstance(row.confidence, Confidence)


def test_the_table_has_no_cell_too_many():
    assert set(Procedure) == set(TABLE) == set(TITLES)
    assert {frozenset(Applicant)} == {frozenset(rows) for rows in TABLE.values()}
    assert set(Applicant) == set(BY)


REFUSED = {
    (Procedure.RESET_PIN_STORE, Applicant.GUARDIAN),
    (Procedure.RESET_PIN_STORE, Applicant.AGENT),
    (Procedure.RESET_PIN_STORE, Applicant.HOUSEHOLD),
    (Procedure.SUSPEND, Applicant.AGENT),
    (Procedure.CONFIRM, Applicant.AGENT),
    (Procedure.CONFIRM, Applicant.HOUSEHOLD),
}


@every_cell
def test_few_are_turned_away_and_then_told_what_to_do(procedure, by):
    row = requirements(procedure, by)

    assert ((procedure, by) in REFUSED) == isinstance(row, Refusal)
    if isinstance(row, Refusal):
        assert "; " in row.reason.en


@every_cell
def test_only_a_reissued_card_costs_two_hundred_yen(procedure, by):
    """
    Issue and renewal are free, after the last day as well [J 10.3].
    """
    row = requirements(procedure, by)

    if isinstance(row, Requirement):
        assert (200 if procedure is Procedure.REISSUE else 0) == row.fee


@pytest.mark.parametrize(
    ("procedure", "pins", "new_pins"),
    [
        pytest.param(Procedure.ISSUE, [], [*Pin], id="issue"),
        pytest.param(Procedure.ISSUE_LATER, [], [Pin.SIGN, Pin.AUTH], id="issue-later"),
        pytest.param(Procedure.RENEW, [Pin.SIGN, Pin.AUTH], [], id="renew"),
        pytest.param(Procedure.RENEW_EXPIRED, [Pin.SIGN, Pin.AUTH], [], id="renew-expired"),
        pytest.param(Procedure.REISSUE, [], [*Pin], id="reissue"),
        pytest.param(Procedure.RESET_PIN, [], [*Pin], id="reset-pin"),
        pytest.param(
            Procedure.RESET_PIN_STORE,
            [Pin.SIGN, Pin.AUTH],
            [Pin.SIGN, Pin.AUTH],
            id="reset-pin-store",
        ),
        pytest.param(Procedure.CHANGE_PIN, [*Pin], [*Pin], id="change-pin"),
        pytest.param(Procedure.WITHDRAW, [], [], id="withdraw"),
        pytest.param(Procedure.SUSPEND, [], [], id="suspend"),
        pytest.param(Procedure.RESUME, [Pin.JUKI], [], id="resume"),
        pytest.param(Procedure.RETURN, [], [], id="return"),
        pytest.param(Procedure.REPORT_CHANGE, [Pin.JUKI, Pin.SIGN], [], id="report-change"),
        pytest.param(Procedure.REPORT_LEAK, [], [], id="report-leak"),
        pytest.param(Procedure.CONFIRM, [Pin.SIGN, Pin.AUTH], [], id="confirm"),
    ],
)
def test_each_procedure_asks_the_holder_for_its_pins(procedure, pins, new_pins):
    row = requirements(procedure, Applicant.HOLDER)

    assert (pins, new_pins) == ([*row.pins], [*row.new_pins])


VISITS = {  # of holder, guardian, agent, household; None where they are turned away
    Procedure.ISSUE: (1, 1, 1, 1),
    Procedure.ISSUE_LATER: (1, 1, 2, 2),
    Procedure.RENEW: (1, 1, 2, 2),
    Procedure.RENEW_EXPIRED: (1, 1, 2, 2),
    Procedure.REISSUE: (1, 1, 2, 2),
    Procedure.RESET_PIN: (1, 1, 2, 2),
    Procedure.RESET_PIN_STORE: (1, None, None, None),
    Procedure.CHANGE_PIN: (1, 1, 2, 2),
    Procedure.WITHDRAW: (1, 1, 2, 2),
    Procedure.SUSPEND: (1, 1, None, 1),
    Procedure.RESUME: (1, 1, 2, 2),
    Procedure.RETURN: (1, 1, 1, 1),
    Procedure.REPORT_CHANGE: (1, 1, 2, 1),
    Procedure.REPORT_LEAK: (1, 1, 2, 2),
    Procedure.CONFIRM: (1, 1, None, None),
}


@pytest.mark.parametrize("procedure", Procedure, ids=lambda procedure: procedure.value)
def test_an_agent_comes_twice(procedure):
    """
    The inquiry letter lies between; a household member with a notice of move and a
    letter of authority is spared it [J 10.4].
    """
    visits = tuple(
        getattr(requirements(procedure, by), "visits", None)
        for by in (Applicant.HOLDER, Applicant.GUARDIAN, Applicant.AGENT, Applicant.HOUSEHOLD)
    )

    assert VISITS[procedure] == visits


def test_the_form_of_the_notice_saves_the_second_visit_of_a_renewal_and_of_nothing_else():
    spared = {(procedure, by) for procedure, by, row in granted_rows() if row.shortcut}

    assert {
        (Procedure.RENEW, Applicant.AGENT),
        (Procedure.RENEW, Applicant.HOUSEHOLD),
    } == spared
    assert Document.EXPIRY_FORM is requirements(Procedure.RENEW, Applicant.AGENT).shortcut


def test_two_visits_are_never_the_same_day_and_end_with_the_letter():
    for _, _, row in granted_rows():
        if row.visits == 2:
            assert not row.same_day
            assert (Document.INQUIRY_LETTER,) == row.second_visit
        else:
            assert () == row.second_visit


@pytest.mark.parametrize(
    ("procedure", "places"),
    [
        pytest.param(Procedure.RESET_PIN_STORE, {Place.CONVENIENCE_STORE}, id="reset-pin-store"),
        pytest.param(Procedure.SUSPEND, {Place.HOT_LINE}, id="suspend"),
        pytest.param(
            Procedure.CHANGE_PIN,
            {Place.COUNTER, Place.MYNAPORTAL, Place.CLIENT},
            id="change-pin",
        ),
        pytest.param(Procedure.WITHDRAW, {Place.COUNTER, Place.CLIENT}, id="withdraw"),
        pytest.param(Procedure.REPORT_LEAK, {Place.COUNTER}, id="report-leak"),
        pytest.param(Procedure.RESET_PIN, {Place.COUNTER}, id="reset-pin"),
    ],
)
def test_each_procedure_has_its_places(procedure, places):
    assert places == set(requirements(procedure, Applicant.HOLDER).places)


def test_the_places_of_a_change_are_those_of_the_card():
    """
    Two tables speak of it, and they must agree [J 10.4].
    """
    channels = set().union(*(rule.changed_at for rule in RULES.values()))

    assert {channel.value for channel in channels} == {
        place.value for place in requirements(Procedure.CHANGE_PIN, Applicant.HOLDER).places
    }
    assert {pin for pin, rule in RULES.items() if Channel.CONVENIENCE_STORE in rule.reset_at} == {
        *requirements(Procedure.RESET_PIN_STORE, Applicant.HOLDER).new_pins
    }


def test_only_the_holder_goes_anywhere_but_to_the_counter():
    """
    Except by phone, where nobody shows a paper.
    """
    for procedure, by, row in granted_rows():
        if by is not Applicant.HOLDER and procedure is not Procedure.SUSPEND:
            assert (Place.COUNTER,) == row.places


@pytest.mark.parametrize("procedure", Procedure, ids=lambda procedure: procedure.value)
def test_a_legal_representative_proves_the_right_to_act(procedure):
    row = requirements(procedure, Applicant.GUARDIAN)

    if isinstance(row, Requirement) and procedure is not Procedure.SUSPEND:
        assert Document.REPRESENTATION in row.bring
        assert Proof.PHOTO_OR_TWO is row.own_proof


def test_a_row_names_a_page_exactly_if_somebody_says_it():
    for procedure, by, row in granted_rows():
        assert set(row.pages) <= CITIES
        assert (row.confidence is Confidence.INFERRED) == (row.pages == ()), (procedure, by)


def test_no_part_of_a_row_is_surer_than_its_pages():
    """
    Whoever has no page has nothing but inferences.
    """
    for procedure, by, row in granted_rows():
        if not row.pages:
            assert {Confidence.INFERRED} == {row.of_pins, row.of_documents}, (procedure, by)


def test_of_legal_representatives_one_page_speaks_where_certificates_are_applied_for():
    """
    Everything else that they do is inferred [J 10.1].
    """
    told = {p for p, by, row in granted_rows() if by is Applicant.GUARDIAN and row.pages}

    assert {procedure for procedure in Procedure if procedure.issues} == told


def test_each_of_the_five_cities_is_a_source():
    assert CITIES == {page for _, _, row in granted_rows() for page in row.pages}


def test_a_procedure_is_found_by_its_word():
    assert Procedure.RESET_PIN is procedure_named("reset-pin")
    with pytest.raises(UnknownProcedure, match="'momotaro'"):
        procedure_named("momotaro")


@pytest.mark.parametrize(
    ("proof", "shown", "expected"),
    [
        pytest.param(Proof.NOTHING, set(), True, id="nothing"),
        pytest.param(Proof.PHOTO, {Document.PASSPORT}, True, id="passport"),
        pytest.param(Proof.PHOTO, {Document.PENSION, Document.STUDENT}, False, id="no-photo"),
        pytest.param(Proof.PHOTO_OR_TWO, {Document.PENSION}, False, id="one-of-b"),
        pytest.param(Proof.PHOTO_OR_TWO, {Document.PENSION, Document.STUDENT}, True, id="two-of-b"),
        pytest.param(Proof.PHOTO_OR_TWO, {Document.LETTER_OF_AUTHORITY}, False, id="paper"),
        pytest.param(Proof.ONE_MORE, {CARD}, False, id="the-card-alone"),
        pytest.param(Proof.ONE_MORE, {CARD, Document.HEALTH_INSURANCE}, True, id="one-more"),
    ],
)
def test_documents_prove_who_somebody_is(proof, shown, expected):
    assert expected == proves(proof, shown)


def test_the_lists_share_nothing_and_everything_has_a_name():
    assert set(Document) == LIST_A | LIST_B | PAPERS == set(NAMES)
    assert len(Document) == len(LIST_A) + len(LIST_B) + len(PAPERS)
    assert set(Proof) == set(ASKED)


@every_cell
def test_nothing_is_missing_once_everything_is_brought(procedure, by):
    row = requirements(procedure, by)

    if isinstance(row, Requirement):
        assert () == missing(row, frozenset(Document), frozenset(Document))


def test_an_agents_own_card_is_not_the_holders():
    row = requirements(Procedure.RENEW, Applicant.AGENT)

    assert (NAMES[CARD],) == missing(row, {CARD}, set())
    assert () == missing(row, {CARD}, {CARD})


def spoken():
    for table in (TITLES, BY, NAMES, ASKED):
        yield from table.values()
    for procedure in Procedure:
        for by in Applicant:
            row = requirements(procedure, by)
            for each in fields(row):
                value = getattr(row, each.name)
                if isinstance(value, Words):
                    yield value


@pytest.mark.parametrize("words", sorted(set(spoken())), ids=lambda words: words.en)
def test_everything_is_said_in_both_languages(words):
    assert not JAPANESE.search(words.en)
    assert JAPANESE.search(words.ja)
