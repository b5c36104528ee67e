"""Confidential inputs as goldens and differences keep them: a hash in their place.

Equal values have equal hashes, so that a change is noticed. The hash has no salt: who
can list the values that are likely can tell which of them it is.
"""

import hashlib
import re
from collections.abc import Mapping
from typing import Any

from planner.regression.numbers import canonical
from planner.specs.confidential import HIDDEN

_DIGITS = 12
_FORM = re.compile(rf"confidential sha256:[0-9a-f]{{{_DIGITS}}}")


def fingerprint(value: Any) -> str:
    """Return what is kept of a confidential value: ``1 MW`` is as ``1000 kW``."""
    if is_fingerprint(value):
        return str(value)
    digest = hashlib.sha256(canonical(value).encode()).hexdigest()
    return f"confidential sha256:{digest[:_DIGITS]}"


def is_fingerprint(value: Any) -> bool:
    """Return whether a value as kept is the hash of a confidential one."""
    return isinstance(value, str) and _FORM.fullmatch(value) is not None


def has_fingerprint(value: Any) -> bool:
    """Return whether a value as kept is, or holds, a hash."""
    if isinstance(value, dict):
        return any(map(has_fingerprint, value.values()))
    if isinstance(value, list):
        return any(map(has_fingerprint, value))
    return is_fingerprint(value)


def kept_alike(
    before: Mapping[str, Any], after: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return two sets of inputs, keyed by path, a hash on one side as one on both.

    So a mark that comes or goes is no change of the value.
    """
    both = before.keys() & after.keys()
    hidden = {p for p in both if is_fingerprint(before[p]) or is_fingerprint(after[p])}
    first, second = (
        {path: fingerprint(x) if path in hidden else x for path, x in side.items()}
        for side in (before, after)
    )
    return first, second


def ends_shown(before: Any, after: Any) -> tuple[Any, Any]:
    """Return both ends of a change as they are printed.

    Where one of them is confidential, so is the other; None stays: nothing is there.
    """
    if not (has_fingerprint(before) or has_fingerprint(after)):
        return before, after
    return None if before is None else HIDDEN, None if after is None else HIDDEN
