"""
Draw the timeline of the demo into docs/story.svg, for the README.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

from harness.demo.outside import Outside
from harness.demo.play import PICTURE, play

PAGE = Path(__file__).parent.parent / "docs" / "story.svg"


def drawn() -> str:
    """Play the story where nobody looks, and return its timeline in English."""
    with TemporaryDirectory() as place:
        play(Path(place), seed=0, lang="en", outside=Outside(path=""))
        return (Path(place) / PICTURE).read_text(encoding="utf-8")


if __name__ == "__main__":
    PAGE.write_text(drawn(), encoding="utf-8")
