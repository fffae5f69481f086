"""The device in the settings, and what the service tells of the one that answers."""

from dataclasses import replace
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from app.api.model_views import views
from app.inference_settings import InferenceSettings
from app.loading import load_for, runs_on_cpu
from app.server import _told
from app.settings import Settings, SettingsError, load_settings
from models.providers import CPU, CUDA, DIRECTML, OPENVINO
from tests.engine.scripted import INFO, Running, ScriptedDetector

ON_CUDA = replace(INFO, device="cuda:1", provider=CUDA, providers=(CUDA, CPU), note="4 of 90 nodes run on the CPU")
FALLEN = replace(INFO, providers=(CPU,), note="CUDA cannot be opened, CPU would answer: no libcublas")


class OnDevice(ScriptedDetector):
    """A detector that says it runs elsewhere."""

    def __init__(self, info) -> None:
        super().__init__()
        self.info = info


@pytest.mark.parametrize(
    "device", ["auto", "cpu", "cuda", "cuda:12", "tensorrt:1", "openvino", "openvino:NPU", "coreml", "directml:0"]
)
def test_a_device_of_any_family_may_be_set(device):
    assert load_settings({"device": device}).device == device


@pytest.mark.parametrize("device", ["gpu", "cuda:", "cuda:x", "openvino:cpu", "cpu:1", "tensorrt:fp16", ""])
def test_what_is_no_device_is_refused_before_anything_is_loaded(device):
    with pytest.raises(SettingsError, match="device"):
        load_settings({"device": device})


async def test_readiness_tells_what_each_model_runs_on_and_what_was_asked_for():
    async with Running(OnDevice(ON_CUDA)) as engine:
        health = engine.health()
        assert health.ready
        assert list(health.devices.values()) == [
            "CUDA, CPU (asked for cuda:1; 4 of 90 nodes run on the CPU)",
        ]


async def test_a_fall_back_under_auto_is_told_and_leaves_the_service_ready():
    async with Running(OnDevice(FALLEN)) as engine:
        health = engine.health()
        assert health.ready
        assert list(health.devices.values()) == [
            "CPU (asked for auto; CUDA cannot be opened, CPU would answer: no libcublas)"
        ]


@pytest.mark.parametrize(
    ("device", "provider", "ready"),
    [("directml", DIRECTML, True), ("openvino:CPU", OPENVINO, True), ("tensorrt", CUDA, False), ("cuda", CPU, False)],
)
async def test_the_service_is_ready_where_the_provider_is_the_one_asked_for(device, provider, ready):
    async with Running(OnDevice(replace(INFO, device=device, provider=provider))) as engine:
        assert engine.health().ready is ready


async def test_the_metrics_have_a_sample_for_each_active_provider():
    async with Running(OnDevice(ON_CUDA)) as engine:
        families = {family.name: family for family in text_string_to_metric_families(engine.metrics().decode())}
        samples = families["trackd_detector_info"].samples
    assert [sample.value for sample in samples] == [1, 1]
    assert [(sample.labels["device"], sample.labels["provider"]) for sample in samples] == [
        ("cuda:1", CUDA),
        ("cuda:1", CPU),
    ]


async def test_the_list_of_models_names_the_active_providers_and_the_note():
    async with Running(OnDevice(ON_CUDA)) as engine:
        view = next(views(engine))
    assert (view.device, view.provider, view.providers) == ("cuda:1", CUDA, [CUDA, CPU])
    assert view.note == "4 of 90 nodes run on the CPU"


def test_the_line_of_the_start_has_a_note_where_there_is_one():
    assert _told("cars", FALLEN)["note"] == FALLEN.note
    assert "note" not in _told("cars", INFO)


def test_the_line_of_the_start_has_the_name_by_which_streams_ask_for_the_model():
    told = _told("cars", FALLEN)
    assert (told["model"], told["source"]) == ("cars", FALLEN.name)


@pytest.mark.parametrize(
    ("device", "provider", "on_cpu"),
    [
        ("auto", CPU, True),
        ("openvino", OPENVINO, True),
        ("openvino:CPU", OPENVINO, True),
        ("openvino:GPU", OPENVINO, False),
        ("cuda", CUDA, False),
    ],
)
def test_openvino_may_compute_on_the_cpu_too(device, provider, on_cpu):
    assert runs_on_cpu(replace(INFO, device=device, provider=provider)) is on_cpu


def test_graphs_are_kept_in_the_folder_of_the_cache(tmp_path: Path):
    load_for(Settings(cache_dir=tmp_path, device="cpu", inference=InferenceSettings(threads=1))).close()
    assert len(list((tmp_path / "graphs" / "cpu").glob("*.graph"))) == 1
