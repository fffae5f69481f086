"""What the settings say of models, and what they may not."""

import pytest

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
        ("[models.cars]\n", "models.cars.source"),
        ('[models.cars]\nsource = "demo"\nsize = 3\n', "models.cars.size"),
        ('[models.cars]\nsource = "demo"\ndevice = "gpu"\n', "models.cars.device"),
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
