"""
The graph of policies gives the answers of the tree that the standard describes.

The tree is written down here as RFC 5280 has it, node by node, and grows as it likes; the
graph of the product must agree with it on whatever a path can say [5280 6.1] [9618 5].
"""

from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from pki.paths.budget import Budget
from pki.paths.extensions import ANY_POLICY as ANY
from pki.paths.policies import PolicyGraph

A, B, C = b"a", b"b", b"c"


@dataclass(eq=False)
class Node:
    policy: bytes
    expected: set
    parent: "Node | None" = None
    children: list = field(default_factory=list)

    def grow(self, policy, expected):
        self.children.append(Node(policy, set(expected), self))


class Tree:
    """
    valid_policy_tree, by the letter of the standard.
    """

    def __init__(self):
        self.root = Node(ANY, {ANY})
        self.depth = 0

    def level(self, depth):
        nodes = [self.root] if self.root else []
        for _ in range(depth):
            nodes = [child for node in nodes for child in node.children]
        return nodes

    def prune(self):
        for depth in reversed(range(self.depth)):
            for node in self.level(depth):
                if not node.children:
                    self.delete(node)

    def delete(self, node):
        if node.parent is None:
            self.root = None
        else:
            node.parent.children.remove(node)

    def certificate(self, policies, *, any_counts):
        above = self.level(self.depth)
        self.depth += 1
        for policy in (policies or set()) - {ANY}:
            expecting = [node for node in above if policy in node.expected]
            for node in expecting or [node for node in above if node.policy == ANY]:
                node.grow(policy, {policy})
        if policies and ANY in policies and any_counts:
            for node in above:
                for policy in node.expected - {child.policy for child in node.children}:
                    node.grow(policy, {policy})
        self.prune()

    def mappings(self, pairs, *, allowed):
        for policy in {issuer for issuer, _ in pairs}:
            expected = {subject for issuer, subject in pairs if issuer == policy}
            here = self.level(self.depth)
            found = [node for node in here if node.policy == policy]
            for node in found:
                if allowed:
                    node.expected = expected
                else:
                    self.delete(node)
            if allowed and not found and any(node.policy == ANY for node in here):
                for node in self.level(self.depth - 1):
                    if node.policy == ANY:
                        node.grow(policy, expected)
            self.prune()

    def constrained(self, initial):
        nodes = [node for depth in range(1, self.depth + 1) for node in self.level(depth)]
        found = {node.policy for node in nodes if node.parent.policy == ANY != node.policy}
        anything = any(node.policy == ANY for node in self.level(self.depth))
        if initial is None:
            return found | ({ANY} if anything else set())
        return set(initial) if anything else found & initial


POLICIES = st.none() | st.frozensets(st.sampled_from([A, B, C, ANY]), min_size=1)
PAIRS = st.lists(st.tuples(*[st.sampled_from([A, B, C])] * 2), max_size=4).map(tuple)
STEPS = st.lists(st.tuples(POLICIES, st.booleans(), PAIRS, st.booleans()), min_size=1, max_size=5)


@settings(derandomize=True, max_examples=400, deadline=None)
@given(STEPS, st.none() | st.frozensets(st.sampled_from([A, B, C]), min_size=1))
def test_the_graph_agrees_with_the_tree(steps, initial):
    tree, graph = Tree(), PolicyGraph(Budget())
    for number, (policies, any_counts, pairs, allowed) in enumerate(steps, start=1):
        for each in (tree, graph):
            each.certificate(policies, any_counts=any_counts)
        assert graph.null is (not tree.level(tree.depth))
        if number < len(steps):
            for each in (tree, graph):
                each.mappings(pairs, allowed=allowed)
            assert graph.null is (not tree.level(tree.depth))

    assert tree.constrained(initial) == graph.constrained(initial)
