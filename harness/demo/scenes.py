"""
The story in order, and what its last table must show.

Everything that the world is expected to answer stands in the scenes; when it answers
otherwise, the demo fails.  People and filings are invented, the places are real, and so are
the rules.
"""

from collections.abc import Callable

from harness.demo import later, spring
from harness.demo.stage import Stage

SCENES: tuple[Callable[[Stage], None], ...] = (
    spring.founding,
    spring.cards,
    spring.accepted,
    spring.locked,
    spring.move,
    spring.refused,
    spring.login,
    spring.wrong_list,
    spring.new_certificate,
    later.new_name,
    later.lost,
    later.reissue,
    later.renewal,
    later.side_by_side,
    later.looking_back,
)

# Every filing, judged at the end of every scene from FIRST on: + accepted, - refused, . not
# signed yet.  In the scene of the renewal the fourth still passes: no list says so yet.
FIRST = 3
MATRIX = (
    "++-----------",
    ".+++++++-----",
    "......+------",
    ".......++++--",
    "...........++",
    "...........++",
)
