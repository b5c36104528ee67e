"""Which values are confidential, and that what replaces one stays so.

``confidential: true`` stands beside a value, or in a mapping, where it covers all that
is in it, whether it is written there or in a file that is extended, or added by another
file, ``--set`` or an alternative.
"""

from planner.documents.node import Node


def is_confidential(node: Node) -> bool:
    """Return whether a value is confidential, or anything in it."""
    if node.confidential:
        return True
    if isinstance(node.value, dict):
        return any(map(is_confidential, node.value.values()))
    return isinstance(node.value, list) and any(map(is_confidential, node.value))


def covered(node: Node) -> Node:
    """Return a value as confidential, but for what is said not to be."""
    if node.confidential is not None:
        return node
    value = node.value
    if isinstance(value, dict):
        value = {key: covered(below) for key, below in value.items()}
    elif isinstance(value, list):
        value = [covered(below) for below in value]
    mark, key_mark = node.mark, node.key_mark
    return Node(value, mark, key_mark, node.source, node.notes, confidential=True)


def replacing(old: Node, new: Node) -> Node:
    """Return what replaces a value: confidential where that was in any part."""
    return covered(new) if is_confidential(old) else new
