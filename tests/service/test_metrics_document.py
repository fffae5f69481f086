import re
from pathlib import Path

from app.publish_settings import PublishSettings
from app.publishing import Publisher
from tests.engine.scripted import Running

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "metrics.md"


async def test_every_metric_is_in_the_document_and_no_other() -> None:
    target = {"url": "http://127.0.0.1:1/", "secret": "0123456789abcdef"}
    async with Running() as engine:
        publisher = Publisher(PublishSettings.model_validate({"webhooks": {"a": target}}), engine)
        publisher.start()
        text = (engine.metrics() + publisher.metrics()).decode()
        await publisher.close(0.0)
    told = set(re.findall(r"^# HELP (trackd_\w+)", text, flags=re.MULTILINE))
    named = set(re.findall(r"`(trackd_\w+)`", DOCUMENT.read_text(encoding="utf-8")))
    assert named == {name for name in told if not name.endswith("_created")}
