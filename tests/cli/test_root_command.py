import subprocess
import sys
from pathlib import Path

import pytest

from app.cli.interrupt import Interruption


def test_trackd_alone_shows_its_commands(trackd) -> None:
    answer = trackd()
    assert answer.code == 0
    for word in ("track", "demo", "serve", "models", "Exit codes"):
        assert word in answer.out


def test_the_version_is_one_line(trackd) -> None:
    answer = trackd("--version")
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.startswith("trackd ")
    assert answer.out.count("\n") == 1


@pytest.mark.parametrize(
    "command", ["track", "demo", "serve", "eval", "explain", "models", "models list", "models pull", "models info"]
)
def test_every_command_explains_itself_and_its_exit_codes(trackd, command: str) -> None:
    answer = trackd(*command.split(), "--help")
    assert (answer.code, answer.err) == (0, "")
    assert "Exit codes: 0 done" in answer.out


def test_an_unknown_command_is_a_usage_error(trackd) -> None:
    answer = trackd("trak")
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith("trackd: error: No such command 'trak'")
    assert answer.err.endswith("(see trackd --help)\n")


def test_a_mistake_in_the_settings_is_a_usage_error(trackd, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACKD_DEVICE", "abacus")
    answer = trackd("models", "list")
    assert answer.code == 2
    assert "device" in answer.err


def test_help_loads_none_of_the_heavy_libraries() -> None:
    code = (
        "import sys; from app.cli import run; run(['track', '--help'])\n"
        "heavy = {'cv2', 'onnxruntime', 'av', 'fastapi', 'trackeval', 'numpy'} & set(sys.modules)\n"
        "sys.exit(', '.join(heavy) or 0)"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr


def test_an_interrupt_while_a_command_is_being_loaded_ends_with_130_and_no_traceback() -> None:
    code = (
        "import sys; from app.cli import run\n"
        "class Pressed:\n"
        "    def find_spec(self, name, *more):\n"
        "        if name == 'app.cli.root': raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, Pressed()); sys.exit(run(['serve']))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr) == (130, "")


def test_what_a_setting_must_be_is_told_in_the_words_of_settings(trackd, tmp_path: Path) -> None:
    (tmp_path / "trackd.toml").write_text('[stream.counting.zones."the gate"]\npoints = [[0, 0], [1, 0]]\n')
    answer = trackd("serve", "--config", str(tmp_path / "trackd.toml"))
    assert (answer.code, answer.err.count("\n")) == (2, 1)
    assert "a name has 1 to 64 letters" in answer.err
    assert "points: there must be at least 3, not 2" in answer.err


def test_a_second_interrupt_does_not_wait() -> None:
    import signal

    before = signal.getsignal(signal.SIGINT)
    with Interruption() as interruption:
        signal.raise_signal(signal.SIGINT)
        assert interruption.stop.is_set()
        assert (interruption.exit_code, interruption.name) == (130, "Ctrl-C")
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before
