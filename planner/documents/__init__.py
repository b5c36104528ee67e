"""YAML files as trees of values that know where they were written."""

from planner.documents.confidential import covered, is_confidential
from planner.documents.load import Document, load, load_shipped, parse_document
from planner.documents.merge import is_series, merge
from planner.documents.node import (
    Mark,
    Node,
    Path,
    child,
    display_path,
    find,
    is_named_list,
    item_name,
    locate,
    plain,
    suggest,
    walk_leaves,
)
from planner.documents.paths import PathError, apply_override, set_at
from planner.documents.reader import parse_yaml
from planner.documents.source import STDIN, Source, beside, read_source, shown_path

__all__ = [
    "STDIN",
    "Document",
    "Mark",
    "Node",
    "Path",
    "PathError",
    "Source",
    "apply_override",
    "beside",
    "child",
    "covered",
    "display_path",
    "find",
    "is_confidential",
    "is_named_list",
    "is_series",
    "item_name",
    "load",
    "load_shipped",
    "locate",
    "merge",
    "parse_document",
    "parse_yaml",
    "plain",
    "read_source",
    "set_at",
    "shown_path",
    "suggest",
    "walk_leaves",
]
