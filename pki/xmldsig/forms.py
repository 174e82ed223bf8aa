"""
The shapes in which minijpki signs XML: what is referred to, and under which prefix.

Pure, and cheap to import.  `deduction` is confirmed, `xtx` inferred from it [RP 2.1] [RP 2.2];
`egov` is confirmed but for its details, `toki` for its names alone [RP 3].
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType


class Form(Enum):
    """A shape of signed document, by its word on the command line."""

    ENVELOPED = "enveloped"  # the whole document, as any relying party might want it
    XTX = "xtx"  # a filing as e-Tax receives it
    DEDUCTION = "deduction"  # 控除証明書 and 源泉徴収票
    EGOV = "egov"  # kousei.xml, and files beside it
    TOKI = "toki"  # a drawing for the land registry, signed in a file beside it


@dataclass(frozen=True, slots=True)
class Shape:
    """
    A row of the table of enveloped forms; in all of them Signature is the root's last child.

    Attributes:
        prefix: Of the signature's elements; empty means the default namespace.
        by_identifier: True refers to the root by its identifier, False by URI="".
    """

    prefix: str
    by_identifier: bool


SHAPES: Mapping[Form, Shape] = MappingProxyType(
    {
        Form.ENVELOPED: Shape("", False),
        Form.XTX: Shape("dsig", True),  # inferred [RP 2.1]
        Form.DEDUCTION: Shape("dsig", True),  # confirmed [RP 2.2]
    }
)
