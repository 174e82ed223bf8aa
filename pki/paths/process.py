"""
Path processing: RFC 5280, section 6.1, step by step.  Pure.

Read beside the standard, whose letters stand at the lines.  Certificates come in the
standard's order, the one that the anchor signed first, the target last.  Revocation, step
(a)(3), is another floor's: a path that comes out of here still has to be asked about.
"""

from dataclasses import dataclass
from datetime import datetime

from pki import oids
from pki.certificate.read import (
    AUTHORITY_KEY_IDENTIFIER,
    BASIC_CONSTRAINTS,
    CERTIFICATE_POLICIES,
    CRL_DISTRIBUTION_POINTS,
    EXT_KEY_USAGE,
    KEY_USAGE,
    SUBJECT_ALT_NAME,
    SUBJECT_KEY_IDENTIFIER,
)
from pki.paths.algorithms import with_parameters
from pki.paths.budget import Budget
from pki.paths.extensions import ANY_POLICY, ANY_PURPOSE, Subtrees
from pki.paths.foreign import (
    INHIBIT_ANY_POLICY,
    NAME_CONSTRAINTS,
    POLICY_CONSTRAINTS,
    POLICY_MAPPINGS,
    Foreign,
)
from pki.paths.policies import PolicyGraph
from pki.paths.signatures import Signatures
from pki.paths.subtrees import permits

KEY_CERT_SIGN = 0x04  # of keyUsage, counted as in Certificate.key_usage [5280 4.2.1.3]

UNDERSTOOD = frozenset(
    {
        AUTHORITY_KEY_IDENTIFIER,
        BASIC_CONSTRAINTS,
        CERTIFICATE_POLICIES,
        CRL_DISTRIBUTION_POINTS,
        EXT_KEY_USAGE,
        INHIBIT_ANY_POLICY,
        KEY_USAGE,
        NAME_CONSTRAINTS,
        POLICY_CONSTRAINTS,
        POLICY_MAPPINGS,
        SUBJECT_ALT_NAME,
        SUBJECT_KEY_IDENTIFIER,
        oids.content(oids.FRESHEST_CRL),
        oids.content(oids.ISSUER_ALT_NAME),
    }
)
"""Extensions that may be critical, because something here obeys them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """
    What the standard calls the inputs [5280 6.1.1], and what a caller asks besides.

    Attributes:
        at: The moment of validation, UTC.
        policies: user-initial-policy-set by content octets; None for any policy.
        explicit_policy: initial-explicit-policy.
        inhibit_mapping: initial-policy-mapping-inhibit.
        inhibit_any: initial-any-policy-inhibit.
        purposes: Content octets; each must be allowed for the target and not barred above.
        max_depth: Most intermediates that are not self-issued; None for no limit.
    """

    at: datetime
    policies: frozenset[bytes] | None = None
    explicit_policy: bool = False
    inhibit_mapping: bool = False
    inhibit_any: bool = False
    purposes: frozenset[bytes] = frozenset()
    max_depth: int | None = None


@dataclass(frozen=True, slots=True)
class Processed:
    """
    A path that holds, but for revocation.

    Attributes:
        anchor: The trust anchor; no part of the path.
        certificates: From the one that the anchor signed to the target.
        keys: What each was verified with: working_public_key with its parameters, SPKI.
        policies: user-constrained-policy-set.
    """

    anchor: Foreign
    certificates: tuple[Foreign, ...]
    keys: tuple[bytes, ...]
    policies: frozenset[bytes]

    @property
    def issuers(self) -> tuple[Foreign, ...]:
        """Return whose key signed each certificate, in the path's order."""
        return (self.anchor, *self.certificates[:-1])


@dataclass(frozen=True, slots=True)
class Refused:
    """
    A path that does not hold.

    Attributes:
        cause: Its id in pki/causes.
        why: What exactly is the matter, in a clause.
        reached: How many certificates were found good before; what got furthest tells most.
    """

    cause: str
    why: str
    reached: int


CONSTRAINTS = "chain-constraints-failure"


class _Broken(Exception):
    """Carries a refusal out of the steps; never leaves this module."""

    def __init__(self, cause: str, why: str) -> None:
        super().__init__(why)
        self.cause = cause


class _State:
    """The state variables of [5280 6.1.2], with their names."""

    __slots__ = (
        "explicit_policy",
        "inhibit_any",
        "max_path_length",
        "policy_mapping",
        "subtrees",
        "valid_policies",
        "working_key",
        "working_name",
    )

    def __init__(self, anchor: Foreign, inputs: Inputs, length: int, budget: Budget) -> None:
        self.valid_policies = PolicyGraph(budget)  # (a)
        # NOTE: what an anchor's own certificate limits is left to the caller [5280 6.1.1 (d)];
        # here it counts, for a CA that limited itself meant it.
        self.subtrees: list[Subtrees] = [anchor.subtrees] if anchor.subtrees else []  # (b), (c)
        self.explicit_policy = 0 if inputs.explicit_policy else length + 1  # (d)
        self.inhibit_any = 0 if inputs.inhibit_any else length + 1  # (e)
        self.policy_mapping = 0 if inputs.inhibit_mapping else length + 1  # (f)
        self.working_key = anchor.certificate.spki  # (g), (h), (i)
        self.working_name = anchor.subject  # (j)
        limits = [each for each in (anchor.path_length, inputs.max_depth) if each is not None]
        self.max_path_length = min([length, *limits])  # (k)


def process(
    anchor: Foreign, certificates: tuple[Foreign, ...], inputs: Inputs, signatures: Signatures
) -> Processed | Refused:
    """Process one path; *certificates* holds the target at least."""
    length = len(certificates)
    state = _State(anchor, inputs, length, signatures.budget)
    keys = []
    reached = 0
    try:
        _anchor(anchor, inputs)
        for number, each in enumerate(certificates, start=1):
            final = number == length
            keys.append(state.working_key)
            _basic(state, each, inputs, signatures, final=final)
            if final:
                policies = _wrap_up(state, each, inputs)
            else:
                _prepare(state, each)
            _purposes(each, inputs)
            reached = number
    except _Broken as broken:
        return Refused(broken.cause, str(broken), reached)
    return Processed(anchor, certificates, tuple(keys), policies)


def _anchor(anchor: Foreign, inputs: Inputs) -> None:
    """Hold the anchor to its own dates and usage, where it states any [5280 6.2]."""
    own = anchor.certificate
    if not own.not_before <= inputs.at <= own.not_after:
        raise _Broken("ca-expired", "the trust anchor is outside its dates")
    if own.key_usage is not None and not own.key_usage & KEY_CERT_SIGN:
        raise _Broken(CONSTRAINTS, "the trust anchor's keyUsage has no keyCertSign")


def _basic(
    state: _State, each: Foreign, inputs: Inputs, signatures: Signatures, *, final: bool
) -> None:
    """Basic certificate processing [5280 6.1.3]."""
    own = each.certificate
    cause = signatures.cause(state.working_key, own.algorithm, own.signature, own.tbs)
    if cause is not None:  # (a)(1)
        raise _Broken(cause, "the signature is not the issuer's, or may not be relied on")
    if inputs.at < own.not_before:  # (a)(2)
        raise _Broken("not-yet-valid" if final else "ca-expired", "notBefore is yet to come")
    if inputs.at > own.not_after:
        raise _Broken("expired" if final else "ca-expired", "notAfter has passed")
    if each.issuer != state.working_name:  # (a)(4)
        raise _Broken("no-certificate-chain-found", "the issuer bears another name")
    if (final or not each.self_issued) and not permits(  # (b), (c)
        state.subtrees, each, signatures.budget
    ):
        raise _Broken(CONSTRAINTS, "a name stands outside the CA's name constraints")
    any_counts = state.inhibit_any > 0 or (not final and each.self_issued)
    state.valid_policies.certificate(own.policies, any_counts=any_counts)  # (d), (e)
    if state.explicit_policy == 0 and state.valid_policies.null:  # (f)
        raise _Broken(CONSTRAINTS, "no policy holds along the path, and one is required")


def _prepare(state: _State, each: Foreign) -> None:
    """Prepare for the next certificate [5280 6.1.4]."""
    if any(ANY_POLICY in pair for pair in each.mappings):  # (a)
        raise _Broken(CONSTRAINTS, "policyMappings maps anyPolicy")
    state.valid_policies.mappings(each.mappings, allowed=state.policy_mapping > 0)  # (b)
    state.working_name = each.subject  # (c)
    state.working_key = with_parameters(each.certificate.spki, state.working_key)  # (d) to (f)
    if each.subtrees is not None:  # (g)
        state.subtrees.append(each.subtrees)
    if not each.self_issued:  # (h)
        state.explicit_policy = max(state.explicit_policy - 1, 0)
        state.policy_mapping = max(state.policy_mapping - 1, 0)
        state.inhibit_any = max(state.inhibit_any - 1, 0)
    if each.require_explicit is not None:  # (i)(1)
        state.explicit_policy = min(state.explicit_policy, each.require_explicit)
    if each.inhibit_mapping is not None:  # (i)(2)
        state.policy_mapping = min(state.policy_mapping, each.inhibit_mapping)
    if each.inhibit_any is not None:  # (j)
        state.inhibit_any = min(state.inhibit_any, each.inhibit_any)
    if not each.is_ca:  # (k); versions 1 and 2 cannot say it, and are no CA here
        raise _Broken(CONSTRAINTS, "an issuer is no CA by its basicConstraints")
    if not each.self_issued:  # (l)
        if state.max_path_length <= 0:
            raise _Broken(CONSTRAINTS, "the path is longer than a pathLenConstraint allows")
        state.max_path_length -= 1
    if each.path_length is not None:  # (m)
        state.max_path_length = min(state.max_path_length, each.path_length)
    usage = each.certificate.key_usage
    if usage is not None and not usage & KEY_CERT_SIGN:  # (n)
        raise _Broken(CONSTRAINTS, "an issuer's keyUsage has no keyCertSign")
    _critical(each)  # (o)


def _wrap_up(state: _State, each: Foreign, inputs: Inputs) -> frozenset[bytes]:
    """Wrap up, and return the user-constrained-policy-set [5280 6.1.5]."""
    state.explicit_policy = max(state.explicit_policy - 1, 0)  # (a)
    if each.require_explicit == 0:  # (b)
        state.explicit_policy = 0
    _critical(each)  # (f)
    policies = state.valid_policies.constrained(inputs.policies)  # (g)
    if state.explicit_policy == 0 and not policies:
        raise _Broken(CONSTRAINTS, "the path has none of the policies that are acceptable")
    return policies


def _critical(each: Foreign) -> None:
    for identifier, extension in each.certificate.extensions.items():
        if extension.critical and identifier not in UNDERSTOOD:
            raise _Broken(CONSTRAINTS, "a critical extension is not understood")


def _purposes(each: Foreign, inputs: Inputs) -> None:
    """Ask for purposes; a CA that names some bars the others below it."""
    found = each.purposes
    if found is not None and ANY_PURPOSE not in found and not inputs.purposes <= found:
        raise _Broken(CONSTRAINTS, "extKeyUsage does not allow the purpose")
