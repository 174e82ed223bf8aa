"""
Who and what the scenes are about: people, places, certificates; and the clock they read.
"""

from datetime import UTC, datetime

from ca.register import Issued
from ca.words import Words
from harness.demo.stage import Scene, Stage
from pki.causes import Code
from pki.kinds import Kind
from pki.validity import JST

HANAKO, TARO = "hanako", "taro"
NAMES = {HANAKO: Words("Hanako", "花子"), TARO: Words("Taro", "太郎")}
KINDS = {
    Kind.SIGN: Words("signature certificate", "署名用電子証明書"),
    Kind.AUTH: Words("authentication certificate", "利用者証明用電子証明書"),
}
CHIYODA = "東京都千代田区丸の内1-1-1"
KITA = "大阪府大阪市北区中之島1-1-1"
NAKA = "神奈川県横浜市中区本町1-1"
NEW_NAME = "模擬 花子"  # a surname that means simulation


def jst(year: int, month: int, day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    """Return a moment of the story, which everybody in it reads off a Japanese clock."""
    return datetime(year, month, day, hour, minute, second, tzinfo=JST).astimezone(UTC)


def of(holder: str, kind: Kind) -> Words:
    """Name one of somebody's certificates."""
    who, what = NAMES[holder], KINDS[kind]
    return Words(f"{who.en}'s {what.en}", f"{who.ja}の{what.ja}")


def newest(stage: Stage, holder: str, kind: Kind) -> Issued:
    return stage.world.register.certificates(holder, kind)[-1]


def log_in(scene: Scene, holder: str, expects: Code, asked: Words | None = None) -> None:
    """Log in at a portal with somebody's card."""
    world, who = scene.world, NAMES[holder]
    issued = world.register.current(world.register.card_of(holder), Kind.AUTH)
    assert issued is not None
    said = asked or Words(f"{who.en}'s login", f"{who.ja}のログイン")
    scene.judge_login(said, issued, holder, expects)
