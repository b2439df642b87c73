"""The category tree, read whole in one query: a few hundred nodes at most."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from catalog.models import Category


@dataclass(frozen=True, slots=True)
class Node:
    pk: int
    parent: int | None
    slug: str
    name: str


@dataclass(frozen=True, slots=True)
class Tree:
    """Nodes by key and by slug, and those below each, by name."""

    nodes: dict[int, Node]
    by_slug: dict[str, Node] = field(default_factory=dict)
    below: dict[int | None, list[Node]] = field(default_factory=dict)

    @classmethod
    def read(cls) -> Tree:
        """From the writer, since it goes into stored pages."""
        rows = Category.objects.using("default").order_by("name", "pk").values_list("pk", "parent_id", "slug", "name")
        tree = cls({row[0]: Node(*row) for row in rows})
        for node in tree.nodes.values():
            tree.by_slug[node.slug] = node
            tree.below.setdefault(node.parent, []).append(node)
        return tree

    @property
    def tops(self) -> list[Node]:
        return self.below.get(None, [])

    def children(self, node: Node) -> list[Node]:
        return self.below.get(node.pk, [])

    def path(self, node: Node) -> list[Node]:
        """From the top of the tree down to the node itself."""
        above = self.path(self.nodes[node.parent]) if node.parent is not None else []
        return [*above, node]

    def within(self, node: Node) -> Iterator[Node]:
        """The node and all below it."""
        yield node
        for child in self.children(node):
            yield from self.within(child)
