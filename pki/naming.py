"""
The three naming modes: how loudly a world says that it is a simulation [D 3].

Pure; a table.  Private keys of a CA are fresh in every mode, so even `exact` names
a root that nobody trusts.
"""

from dataclasses import dataclass

from pki import oids
from pki.kinds import Kind, Naming

REAL_CPS = "http://www.jpki.go.jp/cps.html"  # [J 2.2]
REAL_OCSP = "http://ocspauthnorm.jpki.go.jp"  # a bare host [J 3]
DEFAULT_BASE_URL = "http://127.0.0.1:8765"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mode:
    """
    The words that differ from mode to mode.

    Attributes:
        organization: O of every DN and distribution point.
        japanese_organization: O of subjectAltName and issuerAltName.
        sign_policy: certificatePolicies of signature certificates, dotted.
        auth_policy: The same of authentication certificates.
        cps: Where the practice statement is; None for a page below the world's base URL.
        ocsp: The responder of the authentication CA; None likewise.
    """

    organization: str
    japanese_organization: str
    sign_policy: str
    auth_policy: str
    cps: str | None
    ocsp: str | None

    def policy(self, kind: Kind) -> str:
        return self.sign_policy if kind is Kind.SIGN else self.auth_policy

    def cps_uri(self, base_url: str) -> str:
        return self.cps or f"{base_url}/cps.html"

    def ocsp_uri(self, base_url: str) -> str:
        return self.ocsp or f"{base_url}/ocsp/auth"


MODES: dict[Naming, Mode] = {
    Naming.SIM: Mode(
        organization="JPKI-SIM",
        japanese_organization="公的個人認証サービス（模擬）",
        sign_policy=oids.CP_SIGN_CLASS20,
        auth_policy=oids.CP_AUTH_CLASS30,
        cps=None,
        ocsp=None,
    ),
    Naming.TEST: Mode(
        organization="JPKI-TEST",  # [J 1.1]
        japanese_organization="公的個人認証サービス（模擬）",
        sign_policy=oids.CP_SIGN_TEST,
        auth_policy=oids.CP_AUTH_TEST,
        cps=None,
        ocsp=None,
    ),
    Naming.EXACT: Mode(
        organization="JPKI",
        japanese_organization="公的個人認証サービス",
        sign_policy=oids.CP_SIGN_CLASS20,
        auth_policy=oids.CP_AUTH_CLASS30,
        cps=REAL_CPS,
        ocsp=REAL_OCSP,
    ),
}
