"""
The same life in a PostgreSQL database.

Played only where an empty database is named, for a server is nothing to start in passing.
"""

import os
from datetime import UTC, datetime

import pytest

from harness.scene import Scene
from harness.world import World

URL = os.environ.get("MINIJPKI_POSTGRES_URL")
NOON = datetime(2026, 4, 1, 3, tzinfo=UTC)


@pytest.mark.skipif(URL is None, reason="MINIJPKI_POSTGRES_URL names no empty database")
def test_a_filing_is_refused_after_the_move(tmp_path):
    scene = Scene(World.create(tmp_path / "w", at=NOON, seed=1, database=URL))
    hanako = scene.resident("hanako")
    filing = hanako.sign_xml("<DATA id='DATA'/>")
    assert scene.verify(filing).passed

    hanako.moves()
    scene.close()

    again = Scene(World.open(tmp_path / "w"))
    assert "CERTIFICATE_REVOKED" == again.verify(filing).code
    again.close()
