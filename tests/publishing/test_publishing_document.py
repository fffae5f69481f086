"""What docs/publishing.md says, held against the code."""

import re
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from app.publish_settings import MqttSettings, PublishSettings, RedisSettings, Selection, WebhookSettings
from app.publishing.mqtt import topic_of
from app.publishing.redis import key_of
from app.settings import load_settings
from app.wire import EventMessage, Timing, TracksMessage
from tests.engine.scripted import until
from tests.publishing.published import publishing, webhook
from tests.publishing.receiving import receiving

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "publishing.md").read_text(encoding="utf-8")
Verified = Callable[[str, Mapping[str, str], bytes], bool]


def blocks(kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```", TEXT, flags=re.DOTALL | re.MULTILINE)


@pytest.fixture
def verified() -> Verified:
    """The function of the document."""
    names: dict[str, object] = {}
    (code,) = blocks("python")
    exec(code, names)
    return names["verified"]


@pytest.mark.parametrize("secret", ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "text that is long enough"])
async def test_the_verification_of_the_document_knows_our_posts_from_others(secret: str, verified: Verified):
    async with (
        receiving() as receiver,
        publishing(webhooks=webhook(receiver.url, secret="the key that will be", old_secret=secret)) as it,
    ):
        it.open("gate")
        await until(lambda: receiver.requests)
    (request,) = receiver.requests
    assert verified(secret, request.headers, request.body)
    assert verified("the key that will be", request.headers, request.body)
    assert not verified("a key of nobody's", request.headers, request.body)
    assert not verified(secret, request.headers, request.body.replace(b"gate", b"yard"))
    assert not verified(secret, {**request.headers, "webhook-id": "msg_of_another"}, request.body)
    old = str(int(request.headers["webhook-timestamp"]) - 1000)
    assert not verified(secret, {**request.headers, "webhook-timestamp": old}, request.body)


def test_the_settings_of_the_document_can_be_used():
    (text,) = blocks("toml")
    publish = PublishSettings.model_validate(tomllib.loads(text)["publish"])
    assert publish.webhooks["alerts"].zones == ("door",)
    assert (publish.mqtt["hall"].port, publish.redis["store"].database) == (8883, 0)


def test_the_variables_of_the_document_can_be_used(monkeypatch: pytest.MonkeyPatch):
    url, secret = re.findall(r"`(TRACKD_PUBLISH__\w+)`", TEXT)
    monkeypatch.setenv(url, "http://127.0.0.1/")
    monkeypatch.setenv(secret, "0123456789abcdef")
    assert load_settings().publish.webhooks["alerts"].secret.get_secret_value() == "0123456789abcdef"


def test_every_setting_is_in_the_table_with_its_default():
    table = TEXT.split("| of | setting |")[1].split("\n\n")[0]
    rows = re.findall(r"^\|[^|]*\| (`[^|]+`) \|([^|]*)\|", table, flags=re.MULTILINE)
    said = {name: default.strip() for names, default in rows for name in re.findall(r"`(\w+)`", names)}
    fields = WebhookSettings.model_fields | MqttSettings.model_fields | RedisSettings.model_fields
    assert said.keys() == fields.keys()
    for name, text in said.items():
        default = fields[name].get_default()
        if name in Selection.model_fields or name in ("queue_bytes", "messages"):
            continue
        shown = "" if fields[name].is_required() or default in (None, {}) else str(default)
        assert re.sub(r"[`]", "", text).lower() == (shown.removesuffix(".0")).lower(), name
    assert (said["queue_bytes"], fields["queue_bytes"].default) == ("16 MiB", 16 * 2**20)
    assert (said["messages"], fields["messages"].default) == ('`["events"]`', ("events",))


def test_topics_and_keys_are_those_of_the_document():
    event = EventMessage("zone_enter", "gate", 1)
    tracks = TracksMessage("gate", 1, 1, None, 1, 1, 0, [], Timing(0.0, 0.0, 0.0, 0.0, 0.0))
    for message in (event, tracks):
        assert f"`{topic_of('trackd', message)}`" in TEXT
        assert f"`XADD {key_of('trackd', message)} *" in TEXT


def test_every_link_leads_somewhere():
    links = [link for link in re.findall(r"\]\(([^)]+)\)", TEXT) if "://" not in link]
    folder = Path(__file__).resolve().parents[2] / "docs"
    for link in links:
        name, _, heading = link.partition("#")
        assert f"## {heading}" in (folder / name).read_text(encoding="utf-8").lower()
