import subprocess
import sys

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
