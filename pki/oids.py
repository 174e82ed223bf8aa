"""
Object identifiers, dotted, under the names that the standards and public readers use.

Imports nothing.  OWN_ARC is the simulator's: the enterprise number that is reserved for
examples, so that nothing made here can collide with a real assignment.
"""

COUNTRY_NAME = "2.5.4.6"
LOCALITY_NAME = "2.5.4.7"
ORGANIZATION_NAME = "2.5.4.10"
ORGANIZATIONAL_UNIT_NAME = "2.5.4.11"
COMMON_NAME = "2.5.4.3"

SUBJECT_KEY_IDENTIFIER = "2.5.29.14"
KEY_USAGE = "2.5.29.15"
SUBJECT_ALT_NAME = "2.5.29.17"
ISSUER_ALT_NAME = "2.5.29.18"
BASIC_CONSTRAINTS = "2.5.29.19"
CRL_NUMBER = "2.5.29.20"
REASON_CODE = "2.5.29.21"
DELTA_CRL_INDICATOR = "2.5.29.27"
ISSUING_DISTRIBUTION_POINT = "2.5.29.28"
CERTIFICATE_ISSUER = "2.5.29.29"
NAME_CONSTRAINTS = "2.5.29.30"
CRL_DISTRIBUTION_POINTS = "2.5.29.31"
CERTIFICATE_POLICIES = "2.5.29.32"
ANY_POLICY = "2.5.29.32.0"
POLICY_MAPPINGS = "2.5.29.33"
AUTHORITY_KEY_IDENTIFIER = "2.5.29.35"
POLICY_CONSTRAINTS = "2.5.29.36"
EXT_KEY_USAGE = "2.5.29.37"
FRESHEST_CRL = "2.5.29.46"
INHIBIT_ANY_POLICY = "2.5.29.54"
AUTHORITY_INFO_ACCESS = "1.3.6.1.5.5.7.1.1"

QT_CPS = "1.3.6.1.5.5.7.2.1"
AD_OCSP = "1.3.6.1.5.5.7.48.1"
OCSP_NOCHECK = "1.3.6.1.5.5.7.48.1.5"
KP_CLIENT_AUTH = "1.3.6.1.5.5.7.3.2"
KP_TIME_STAMPING = "1.3.6.1.5.5.7.3.8"
KP_OCSP_SIGNING = "1.3.6.1.5.5.7.3.9"

SHA256_WITH_RSA = "1.2.840.113549.1.1.11"  # [4055 5]
RSA_ENCRYPTION = "1.2.840.113549.1.1.1"  # [3279 2.3.1]
ECDSA_WITH_SHA384 = "1.2.840.10045.4.3.3"  # [5758 3.2]
EC_PUBLIC_KEY = "1.2.840.10045.2.1"  # [5480 2.1.1]
SECP384R1 = "1.3.132.0.34"  # [5480 2.1.1.1]

JPKI = "1.2.392.200149.8.5"
OTHER_NAME = JPKI + ".5"  # the arc of the four items [J 2.3]
COMMON_NAME_OF_HOLDER = OTHER_NAME + ".1"  # 氏名
SUBSTITUTES_OF_NAME = OTHER_NAME + ".2"
GENDER = OTHER_NAME + ".3"  # 性別
DATE_OF_BIRTH = OTHER_NAME + ".4"  # 生年月日
ADDRESS = OTHER_NAME + ".5"  # 住所
SUBSTITUTES_OF_ADDRESS = OTHER_NAME + ".6"

CP_SIGN_CLASS20 = JPKI + ".1.1.20"  # [J 2.2]
CP_AUTH_CLASS30 = JPKI + ".1.3.30"  # [J 3]
CP_SIGN_TEST = JPKI + ".1.0.20"  # the arc of test cards [J 2.2]

OWN_ARC = "1.3.6.1.4.1.32473.85"  # enterprise number for examples, RFC 5612
CP_AUTH_TEST = OWN_ARC + ".1.30"  # no source names the real one [J 3]
CP_OCSP = OWN_ARC + ".2.1"
CP_TSA = OWN_ARC + ".2.2"


def content(dotted: str) -> bytes:
    """Return the content octets of an OID, by which readers compare [X.690 8.19]."""
    first, second, *rest = (int(arc) for arc in dotted.split("."))
    octets = bytearray()
    for arc in (first * 40 + second, *rest):
        septets = [arc & 0x7F]
        while arc := arc >> 7:
            septets.append(0x80 | arc & 0x7F)
        octets += bytes(reversed(septets))
    return bytes(octets)
