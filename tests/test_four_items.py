"""
A holder's record becomes six otherNames, and comes back as it went in.
"""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ca.issuance import four_items
from ca.residents import Resident
from pki.certificate.fields import subject_alt_name
from pki.certificate.read import other_names
from pki.errors import Malformed
from pki.four_items import ROWS, FourItems, from_values
from pki.kinds import Sex
from pki.repertoire import GETA


def resident(**changes):
    return Resident(
        **{
            "identifier": "hanako",
            "name": "住基　花子",
            "born": date(1990, 1, 1),
            "sex": Sex.FEMALE,
            "address": "東京都千代田区丸の内１－１－１",
            "municipality": "13101",
            **changes,
        }
    )


@settings(derandomize=True, deadline=None)
@given(st.text(max_size=40), st.text(max_size=60), st.text("01", max_size=60))
def test_any_items_survive_the_round_trip(name, address, flags):
    items = FourItems(
        name=name, born="419900101", sex="2", address=address, name_flags=flags, address_flags=""
    )

    assert items == from_values(other_names(subject_alt_name(items)))


def test_the_items_stand_in_the_certificates_order():
    """They are written as they come, so the rows and the fields must be one order [J 2.3]."""
    assert tuple(field for _, field in ROWS) == FourItems._fields


def test_a_birth_is_an_era_and_a_gregorian_date():
    """
    3 February 2001 is in 平成, the fourth era that is counted [J 2.3].
    """
    items = four_items(resident(born=date(2001, 2, 3)), GETA)

    assert "420010203" == items.born
    assert date(2001, 2, 3) == items.born_on()


@pytest.mark.parametrize(
    ("sex", "code"), [(Sex.MALE, "1"), (Sex.FEMALE, "2"), (Sex.UNKNOWN, "3")], ids=lambda v: str(v)
)
def test_sex_is_one_digit(sex, code):
    """
    The third is inferred [J 13].
    """
    assert code == four_items(resident(sex=sex), GETA).sex


def test_each_character_has_its_flag_and_the_space_counts():
    """
    髙 is in neither JIS X 0208 nor JIS X 0212 [J 2.3].
    """
    items = four_items(resident(name="髙橋　花子"), GETA)

    assert ("〓橋　花子", "10000") == (items.name, items.name_flags)
    assert len(items.address) == len(items.address_flags)


def test_the_holder_may_choose_the_substitute():
    items = four_items(resident(name="髙橋　花子", substitutes={"髙": "高"}), GETA)

    assert ("高橋　花子", "10000") == (items.name, items.name_flags)


def test_a_certificate_without_an_item_says_which():
    with pytest.raises(Malformed, match="states no address, name_flags, address_flags"):
        from_values({"1.2.392.200149.8.5.5." + n: "x" for n in "143"})
