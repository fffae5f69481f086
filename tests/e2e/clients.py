"""Small clients of the real service for the end-to-end tests."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx
import msgspec

from app.client import Client
from benchmarks.serving import Service

Message = dict[str, Any]

LOSSLESS = '[stream]\noverload = "lossless"\n'


def config(model: Path | str = "demo", more: str = LOSSLESS) -> str:
    return f'model = "{model}"\n{more}'


def run_cli(*words: str | Path) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TRACKD_")}
    command = [sys.executable, "-m", "app.cli", *map(str, words)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=150, check=False)


def over_rest(service: Service, stream: str, pictures: Sequence[bytes]) -> list[Message]:
    with httpx.Client(base_url=service.address, timeout=30) as client:
        return [
            client.post(f"/v1/streams/{stream}/frames", content=picture).raise_for_status().json()
            for picture in pictures
        ]


def over_websocket(service: Service, stream: str, pictures: Sequence[bytes]) -> list[Message]:
    """Every answer, in order; as many frames are under way as the service gives credit for."""
    with Client(service.address) as client:
        return [msgspec.to_builtins(answer.message) for answer in client.stream(stream, pictures)]


def what_was_tracked(messages: Sequence[Message]) -> list[list[tuple[Any, ...]]]:
    """Frame by frame what does not depend on the way the frame came: ids, boxes, classes, scores, speeds, ages."""
    return [
        [
            (t["track_id"], *t["bbox"], t["class"], t["score"], *t["velocity"], t["age_s"], t["detection_index"])
            for t in message["tracks"]
        ]
        for message in messages
    ]
