"""Values inside a page: JSON that no text in it can end or change."""

import json
from typing import Any

_ESCAPES = {ord(letter): f"\\u{ord(letter):04x}" for letter in "<>&\u2028\u2029"}


def embedded(value: Any) -> str:
    """Return a value as JSON that is safe as the content of a ``<script>``.

    ``</script>``, ``<!--`` and what JavaScript takes for ends of lines are escaped.

    Raises:
        ValueError: A number in it is infinite or none.
    """
    text = json.dumps(value, allow_nan=False, separators=(",", ":"), ensure_ascii=False)
    return text.translate(_ESCAPES)
