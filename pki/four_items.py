"""
The four items (基本4情報) as a signature certificate states them [J 2.3].

Pure.  ROWS is the fixed order of the six otherNames; every value is a UTF8String,
the digits, too.
"""

from datetime import date
from typing import NamedTuple

from pki import oids
from pki.errors import Malformed
from pki.kinds import Sex

SEX_CODES = {Sex.MALE: "1", Sex.FEMALE: "2", Sex.UNKNOWN: "3"}  # 3: inferred, or 9 [J 13]


class FourItems(NamedTuple):
    """
    What a signature certificate says of its holder, in its order; see ROWS.

    A named tuple, for one is made for every certificate, and frozen classes are slow to make.

    Attributes:
        name: 氏名, family and given name separated by U+3000.
        born: 生年月日 as nine digits: era, then the Gregorian date.
        sex: 性別 as one digit, 1 male, 2 female.
        address: 住所 from the prefecture on, digits full width.
        name_flags: 0 or 1 for each character of the name, 1 for a substitute.
        address_flags: The same for the address.
    """

    name: str
    born: str
    sex: str
    address: str
    name_flags: str
    address_flags: str

    def born_on(self) -> date | None:
        """Return the day of birth; None where the certificate says that it is unknown."""
        from pki.eras import read_birth_code

        return read_birth_code(self.born)


# The certificate's order of the otherNames [J 2.3].
ROWS: tuple[tuple[str, str], ...] = (
    (oids.COMMON_NAME_OF_HOLDER, "name"),
    (oids.DATE_OF_BIRTH, "born"),
    (oids.GENDER, "sex"),
    (oids.ADDRESS, "address"),
    (oids.SUBSTITUTES_OF_NAME, "name_flags"),
    (oids.SUBSTITUTES_OF_ADDRESS, "address_flags"),
)


def from_values(values: dict[str, str]) -> FourItems:
    """
    Make the four items of what was read, by OID; order and flag lengths are not judged here.

    Mock data in the wild has flags of the wrong length, and readers must survive
    it [J 2.3].  Malformed when an item is absent.
    """
    absent = [field for oid, field in ROWS if oid not in values]
    if absent:
        raise Malformed("the subjectAltName", f"states no {', '.join(absent)}")
    return FourItems(**{field: values[oid] for oid, field in ROWS})
