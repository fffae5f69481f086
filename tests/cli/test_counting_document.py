"""What docs/counting.md shows does what it says."""

import itertools
import json
import re
import shlex
from pathlib import Path

import msgspec
import pytest

from app.counting_settings import CountingSettings, LineSettings, ZoneSettings
from app.wire import EventMessage, StreamCounts
from models import load_detector
from tests.api.live_service import hear_until, serving

TEXT = (Path(__file__).parents[2] / "docs" / "counting.md").read_text(encoding="utf-8")
ADDRESS = "http://127.0.0.1:8000"


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```", TEXT, flags=re.MULTILINE | re.DOTALL)


def commands(program):
    return [words for block in blocks("sh") for words in commands_of(block) if words[0] == program]


def commands_of(block):
    """The words of each command; a quoted body may have line breaks."""
    lexer = shlex.shlex(re.sub(r"^(?=curl|trackd)", ";", block, flags=re.MULTILINE), posix=True, punctuation_chars=";")
    lexer.whitespace_split = True
    words = list(lexer)
    starts = [i for i, word in enumerate(words) if word == ";"] + [len(words)]
    return [words[a + 1 : b] for a, b in itertools.pairwise(starts)]


async def test_every_call_is_answered():
    calls = commands("curl")
    assert len(calls) == 7
    async with serving(detector=load_detector("demo", "cpu")) as service:
        for number, words in enumerate(calls):
            option = dict(itertools.pairwise(words))
            (url,) = (word for word in words if word.startswith(ADDRESS))
            body = json.loads(option["-d"]) if "-d" in option else None
            headers = dict(item.split(": ") for item in [option["-H"]]) if "-H" in option else None
            content = None if body is None else json.dumps(body)
            method = option.get("-X", "GET")
            answer = await service.http.request(method, url.removeprefix(ADDRESS), content=content, headers=headers)
            assert answer.status_code in (200, 201), (words, answer.text)
            if "-o" in option:
                assert answer.content.startswith(b"\x89PNG")
            if number == 0:
                async with service.connect("/v1/subscribe?streams=yard") as reader:
                    await hear_until(reader, "tracks")


def test_every_json_is_what_it_stands_for():
    shown = [json.loads(block) for block in blocks("json")]
    for value in shown:
        if "counting" in value:
            CountingSettings.model_validate(value["counting"])
        else:
            kind = EventMessage if value.get("type") == "event" else StreamCounts
            assert json.loads(msgspec.json.encode(msgspec.convert(value, kind))) | {"detail": ""} == value | {
                "detail": ""
            }
    assert len(shown) == 3
    (counts,) = (value for value in shown if "lines" in value)
    door = counts["zones"]["door"]
    assert door["occupancy"] == door["entered"] + door["appeared"] - door["exited"] - door["vanished"]
    assert sum(door["by_class"].values()) == door["entered"]


@pytest.mark.parametrize(("name", "default"), re.findall(r"^\| `(\w+)` \| ([\w.]+) \|", TEXT, flags=re.MULTILINE))
def test_the_defaults_are_those_of_the_code(name, default):
    for settings in (ZoneSettings, LineSettings):
        if name in settings.model_fields:
            assert settings.model_fields[name].default == json.loads(default)


def test_a_run_by_the_file_writes_what_is_named(trackd, tmp_path):
    (file,) = blocks("toml")
    (tmp_path / "zones.toml").write_text(file)
    (words,) = commands("trackd")
    told = trackd(*words[1:])
    assert told.code == 0, told.err
    assert "zone door" in told.out
    for name in ("events.jsonl", "tracks.jsonl", "counted.mp4"):
        assert (tmp_path / name).stat().st_size > 0
