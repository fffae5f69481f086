"""Several models in one process, from its settings and over HTTP, to the end of the process."""

import threading
from concurrent.futures import ThreadPoolExecutor

import httpx

from benchmarks.serving import serving
from tests.e2e.clients import config, run_cli
from tests.engine.tiny_models import NEW, OLD, write_model

CPU = {"device": "cpu", "inference": {"callers": 1}}


def test_models_of_the_settings_serve_and_more_are_loaded_while_it_runs(tmp_path):
    old, new = write_model(tmp_path / "old.onnx", OLD), write_model(tmp_path / "new.onnx", NEW)
    more = (
        f'model_dir = "{tmp_path}"\ncache_dir = "{tmp_path / "cache"}"\n'
        f'[models.cars]\nsource = "{old}"\ndevice = "cpu"\n[streams.cam]\nmodel = "cars"\n'
    )
    with (
        serving(config(more=more), tmp_path) as service,
        httpx.Client(base_url=service.address, timeout=60) as client,
    ):
        models = client.get("/v1/models").json()["items"]
        assert [(model["name"], model["streams"]) for model in models[:2]] == [("demo", []), ("cars", ["cam"])]
        assert client.get(f"/v1/models/{old}").json()["name"] == "cars"
        replaced = client.put("/v1/models/cars", json={"source": new.name, **CPU}).raise_for_status().json()
        assert (replaced["version"], replaced["sha256"] != models[1]["sha256"]) == (2, True)
        again = client.put("/v1/models/cars", json={"source": str(old), **CPU})  # as the settings name it
        assert (again.status_code, again.json()["version"]) == (200, 3)


def test_sigterm_while_a_model_is_loaded_ends_the_process_in_good_order(tmp_path):
    write_model(tmp_path / "new.onnx", NEW)
    more = f'model_dir = "{tmp_path}"\ncache_dir = "{tmp_path / "cache"}"\n'
    answered = threading.Event()

    def put(address: str) -> int | None:
        try:
            with httpx.Client(base_url=address, timeout=60) as client:
                client.put("/v1/models/a", json={"source": "demo", **CPU}).raise_for_status()
                answered.set()
                return client.put("/v1/models/b", json={"source": "new.onnx", **CPU}).status_code
        except httpx.TransportError:  # the listener had closed before the second request
            return None

    with ThreadPoolExecutor(1) as pool:
        with serving(config(more=more), tmp_path) as service:  # raises unless the exit code is 0
            status = pool.submit(put, service.address)
            assert answered.wait(60)
        assert status.result() in (201, 503, None)


def test_a_model_of_the_settings_that_cannot_be_loaded_is_named_in_one_line_and_ends_with_3(tmp_path):
    file = tmp_path / "trackd.toml"
    file.write_text('[models.cars]\nsource = "none.onnx"\n')
    done = run_cli("serve", "--port", "0", "--config", file)
    assert done.returncode == 3
    last = done.stderr.splitlines()[-1]
    assert last.startswith("trackd: error: models.cars: no model file at ")
    assert "none.onnx" in last
