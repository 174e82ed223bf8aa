"""
Inspections in the forms that programs read: JSON lines, SARIF, JUnit; and as a page for people.
"""

import json
from collections.abc import Callable, Sequence

from harness.inspecting import Inspected, as_json


def json_lines(found: Sequence[Inspected], language: str) -> str:
    """Write one object to the line."""
    return "".join(json.dumps(as_json(one), ensure_ascii=False) + "\n" for one in found)


FORMS: dict[str, Callable[[Sequence[Inspected], str], str]] = {"json": json_lines}
