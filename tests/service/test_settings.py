"""Where settings come from, which one wins, and what is refused."""

import pytest

from app.limits import Limits
from app.settings import Settings, SettingsError, load_settings


@pytest.fixture(autouse=True)
def _no_file_from_outside(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)


def write(path, text):
    path.write_text(text)
    return path


def test_the_defaults_listen_on_loopback_with_the_bundled_detector():
    settings = load_settings()
    assert (settings.host, settings.port, settings.model, settings.device) == ("127.0.0.1", 8000, "demo", "auto")


def test_flags_win_over_variables_and_variables_over_the_file(monkeypatch, tmp_path):
    write(tmp_path / "trackd.toml", 'port = 1001\nmodel = "from-file"\nhost = "127.0.0.2"\n')
    monkeypatch.setenv("TRACKD_PORT", "1002")
    monkeypatch.setenv("TRACKD_MODEL", "from-variable")
    settings = load_settings({"port": 1003, "model": None})
    assert (settings.port, settings.model, settings.host) == (1003, "from-variable", "127.0.0.2")


def test_nested_settings_come_from_variables_and_tables(monkeypatch, tmp_path):
    file = write(
        tmp_path / "mine.toml",
        '[limits]\nstreams = 7\n[streams.door]\nclasses = ["person"]\n[streams.door.tracker]\ntrack_thresh = 0.6\n',
    )
    monkeypatch.setenv("TRACKD_LIMITS__IDLE_S", "5")
    settings = load_settings(config=file)
    assert (settings.limits.streams, settings.limits.idle_s) == (7, 5.0)
    assert settings.streams["door"].classes == ("person",)
    assert settings.streams["door"].tracker.track_thresh == 0.6


def test_the_file_may_be_named_by_a_variable(monkeypatch, tmp_path):
    monkeypatch.setenv("TRACKD_CONFIG", str(write(tmp_path / "mine.toml", "port = 1234\n")))
    assert load_settings().port == 1234


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("prot = 1\n", "prot"),
        ("[limits]\nstream = 1\n", "limits.stream"),
        ("port = 70000\n", "port"),
        ("port = [\n", "trackd.toml"),
        ('device = "gpu"\n', "device"),
        ('[streams."a b"]\n', "a b"),
        ("[stream.tracker]\nlow_thresh = 0.9\n", "low_thresh"),
    ],
)
def test_a_file_with_a_mistake_is_refused_in_one_line_that_names_it(tmp_path, text, says):
    write(tmp_path / "trackd.toml", text)
    with pytest.raises(SettingsError) as refusal:
        load_settings()
    assert says in str(refusal.value)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("variable", ["TRACKD_PROT", "TRACKD_LIMIT__STREAMS", "TRACKD_LIMITS__STREAM"])
def test_a_misspelt_variable_is_refused_and_named(monkeypatch, variable):
    monkeypatch.setenv(variable, "1")
    with pytest.raises(SettingsError) as refusal:
        load_settings()
    assert variable.removeprefix("TRACKD_").split("__")[-1].lower() in str(refusal.value).lower()


def test_a_missing_file_is_refused_and_named(tmp_path):
    with pytest.raises(SettingsError, match=r"nowhere\.toml"):
        load_settings(config=tmp_path / "nowhere.toml")


def test_settings_are_frozen():
    with pytest.raises(ValueError, match="frozen"):
        Settings().port = 1


def test_every_limit_says_what_it_limits_and_cannot_be_zero_or_less():
    for name, field in Limits.model_fields.items():
        assert field.description, name
        with pytest.raises(ValueError, match=name):
            Limits(**{name: -1})
