"""
The valid policies of a path, as a graph with one node to a policy and depth.  Pure.

RFC 5280 grows a tree, which mappings can double with every certificate; the graph gives
the same answers and grows with what the certificates say [5280 6.1.2 (a)] [9618 5].
"""

from dataclasses import dataclass, replace

from pki.paths.budget import Budget, Work
from pki.paths.extensions import ANY_POLICY


@dataclass(frozen=True, slots=True)
class Node:
    """
    One policy at one depth.

    Attributes:
        expected: Policies that satisfy it in the next certificate.
        parents: Policies of the depth above that it hangs from.
    """

    expected: frozenset[bytes]
    parents: frozenset[bytes]


Level = dict[bytes, Node]


class PolicyGraph:
    """
    The state that path processing carries along; NULL once no policy is left.
    """

    __slots__ = ("_budget", "_levels")

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._levels: list[Level] = [{ANY_POLICY: Node(frozenset({ANY_POLICY}), frozenset())}]

    @property
    def null(self) -> bool:
        return not self._levels[-1]

    def certificate(self, policies: frozenset[bytes] | None, *, any_counts: bool) -> None:
        """Go one certificate down [5280 6.1.3 (d), (e)]."""
        above = self._levels[-1]
        level: Level = {}
        if policies is not None and above:
            self._budget.spend(
                Work.POLICY,
                len(policies) + sum([len(node.expected) for node in above.values()]),
            )
            expecting: dict[bytes, set[bytes]] = {}
            for policy, node in above.items():
                for expected in node.expected:
                    expecting.setdefault(expected, set()).add(policy)
            for policy in policies - {ANY_POLICY}:  # (d)(1)
                if policy in expecting:
                    level[policy] = _node(policy, expecting[policy])
                elif ANY_POLICY in above:
                    level[policy] = _node(policy, {ANY_POLICY})
            if ANY_POLICY in policies and any_counts:  # (d)(2)
                for policy in expecting.keys() - level.keys():
                    level[policy] = _node(policy, expecting[policy])
        self._levels.append(level)

    def mappings(self, pairs: tuple[tuple[bytes, bytes], ...], *, allowed: bool) -> None:
        """Map policies of the issuer's domain to those of the subject's [5280 6.1.4 (b)]."""
        level = self._levels[-1]
        self._budget.spend(Work.POLICY, len(pairs))
        mapped: dict[bytes, set[bytes]] = {}
        for issuer_domain, subject_domain in pairs:
            mapped.setdefault(issuer_domain, set()).add(subject_domain)
        for policy, expected in mapped.items():
            if not allowed:
                level.pop(policy, None)
            elif policy in level:
                level[policy] = replace(level[policy], expected=frozenset(expected))
            elif ANY_POLICY in level:
                level[policy] = Node(frozenset(expected), frozenset({ANY_POLICY}))

    def constrained(self, initial: frozenset[bytes] | None) -> frozenset[bytes]:
        """
        Return the user-constrained-policy-set [5280 6.1.5 (g)].

        *initial* is the user-initial-policy-set; None stands for any policy.
        """
        if self.null:
            return frozenset()
        authorities: set[bytes] = set()
        living = set(self._levels[-1])
        if ANY_POLICY in living:
            authorities.add(ANY_POLICY)
        for level in reversed(self._levels[1:]):
            above: set[bytes] = set()
            for policy in living:
                parents = level[policy].parents
                if ANY_POLICY in parents and policy != ANY_POLICY:
                    authorities.add(policy)
                above |= parents
            living = above
        if initial is None or ANY_POLICY in initial:
            return frozenset(authorities)
        return initial if ANY_POLICY in authorities else initial & authorities


def _node(policy: bytes, parents: set[bytes]) -> Node:
    return Node(frozenset({policy}), frozenset(parents))
