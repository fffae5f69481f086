"""What the settings say of models, and what they may not."""

import pytest

from app.engine.stream_settings import check_configured
from app.settings import Settings, SettingsError, load_settings, model_name

CARS = '[models.cars]\nsource = "cars.onnx"\ndevice = "cpu"\n[models.cars.inference]\nhead = "yolox"\ncallers = 2\n'


@pytest.fixture(autouse=True)
def empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_table_for_each_model_says_where_it_lies_and_how_it_is_run(empty_folder):
    (empty_folder / "trackd.toml").write_text(CARS)
    spec = load_settings().models["cars"]
    assert (spec.source, spec.device, spec.inference.head, spec.inference.callers) == ("cars.onnx", "cpu", "yolox", 2)


def test_the_default_model_may_be_one_of_the_table():
    cars = {"source": "cars.onnx", "inference": {"head": "yolox"}}
    service = Settings(model="cars", models={"cars": cars}, device="cpu", inference={"head": "yolov8"})
    spoken_of = service.spoken_of()
    assert (spoken_of.model, spoken_of.device, spoken_of.inference.head) == ("cars.onnx", "cpu", "yolox")
    assert spoken_of.spoken_of() == spoken_of


def test_a_default_model_that_is_in_no_table_has_the_service_s_own_device_and_inference():
    service = Settings(model="cars.onnx", device="cpu", inference={"head": "yolov8"})
    spoken_of = service.spoken_of()
    assert (spoken_of.model, spoken_of.device, spoken_of.inference.head) == ("cars.onnx", "cpu", "yolov8")


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("demo", "demo"),
        ("cars.onnx", "cars.onnx"),
        ("/srv/my models/cars v2.onnx", "cars-v2.onnx"),
        ("C:\\models\\cars.onnx", "cars.onnx"),
        ("ü" * 100 + ".onnx", "-" * 59 + ".onnx"),
    ],
)
def test_a_model_that_nobody_named_is_called_by_the_last_part_of_its_path(source, name):
    assert model_name(source) == name


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[models."a b"]\nsource = "demo"\n', "a b"),
        ("[models.cars]\n", "models.cars.source: this is needed"),
        ("models = 3\n", "models: it must be a table"),
        ("[stream.detection]\ntiles = 'x'\n", "stream.detection.tiles: tiles is 'x'; it is auto"),
        ("[stream.detection]\nregion = [0, 0, 2]\n", "stream.detection.region.0: it must be a list"),
        ('[models.cars]\nsource = "demo"\nsize = 3\n', "models.cars.size: there is no such setting"),
        (
            '[models.cars]\nsource = "demo"\ndevice = "gpu"\n',
            "models.cars.device: unknown device 'gpu': choose auto, cpu, cuda",
        ),
        ('[models.cars]\nsource = "demo"\n[models.cars.inference]\nfit = "left"\n', "models.cars.inference.fit"),
        (CARS + '[stream]\nmodel = "bikes"\n', "stream.model: no model 'bikes'; known are demo, cars"),
        (CARS + '[streams.a]\nmodel = "bikes"\n', "streams.a.model: no model 'bikes'"),
        ('model = "weights/cars"\n' + CARS, "models.cars: the default model weights/cars has this name"),
        ("[limits]\nmodels = 1\n" + CARS, "more than limits.models, 1"),
    ],
)
def test_a_mistake_about_models_is_refused_and_named(empty_folder, text, says):
    (empty_folder / "trackd.toml").write_text(text)
    with pytest.raises(SettingsError) as refusal:
        load_settings()
    assert says in str(refusal.value)


def test_streams_may_name_the_default_model_and_those_of_the_table():
    cars = {"cars": {"source": "cars.onnx"}}
    for name in ("demo", "cars", None):
        assert Settings(models=cars, stream={"model": name}).stream.model == name


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"streams": {"a": {"classes": ["dragon"]}}}, "streams.a: unknown class 'dragon'; known are person"),
        ({"streams": {"a": {"model": "cars", "detection": {"scores": {"person": 0.4}}}}}, "known are car"),
        ({"streams": {"a": {"source": {"url": "rtsp://camera"}}}}, "streams.a: sources of kind 'rtsp'"),
        ({"streams": {"a": {}, "b": {}}, "limits": {"streams": 1}}, "there are 2, and limits.streams is 1"),
    ],
)
def test_a_stream_of_the_settings_that_cannot_be_opened_is_named_before_the_service_starts(given, says):
    service = Settings(**given, models={"cars": {"source": "cars.onnx"}})
    with pytest.raises(SettingsError) as refusal:
        check_configured(service, {"demo": ("person",), "cars": ("car",)})
    assert says in str(refusal.value)


def test_streams_of_the_settings_may_ask_for_what_their_models_know():
    streams = {"a": {"classes": ["person"]}, "b": {"model": "cars", "classes": ["car", 7]}}
    service = Settings(streams=streams, models={"cars": {"source": "cars.onnx"}})
    check_configured(service, {"demo": ("person",), "cars": ("car",)})
