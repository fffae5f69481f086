import re
from pathlib import Path

from tests.engine.scripted import Running

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "metrics.md"


async def test_every_metric_is_in_the_document_and_no_other() -> None:
    async with Running() as engine:
        told = set(re.findall(r"^# HELP (trackd_\w+)", engine.metrics().decode(), flags=re.MULTILINE))
    named = set(re.findall(r"`(trackd_\w+)`", DOCUMENT.read_text(encoding="utf-8")))
    assert named == {name for name in told if not name.endswith("_created")}
