"""A worker seen from outside: started with its own interpreter, asked one thing at a time."""

import json
import select
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.machine import REPOSITORY
from benchmarks.tracker_peers.environment import NoPeerError, child_environment

START_S, ANSWER_S = 300.0, 300.0
"""How long a worker may take to start and to answer, in seconds."""


class Worker:
    """A tracker, or another module that answers as `worker` does, in a process of its own.

    Raises:
        NoPeerError: it does not start, ends, or does not answer in time; from the constructor and from `ask`.
    """

    def __init__(
        self,
        python: Path,
        name: str,
        root: Path,
        *,
        module: str = "benchmarks.tracker_peers.worker",
        arguments: Sequence[str] = (),
        variables: Mapping[str, str] | None = None,
    ) -> None:
        """Starts `module` with `name` and `arguments`; with one thread, unless other `variables` are given."""
        self._log = (root / f"{name}.log").open("w+")
        self._process = subprocess.Popen(
            [str(python), "-m", module, name, *arguments], cwd=REPOSITORY,
            env=child_environment(root) if variables is None else dict(variables),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log, text=True,
        )  # fmt: skip
        self.version = str(self._answer(START_S)["ready"])

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def ask(self, task: str, **arguments: Any) -> dict[str, Any]:
        """What the worker answers."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps({"task": task, **arguments}) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            pass  # it has ended, which `_answer` tells better
        return self._answer(ANSWER_S)

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.communicate()
        self._log.close()

    def _answer(self, limit_s: float) -> dict[str, Any]:
        assert self._process.stdout is not None
        readable, _, _ = select.select([self._process.stdout], [], [], limit_s)
        line = self._process.stdout.readline() if readable else ""
        if line:
            answer: dict[str, Any] = json.loads(line)
            if "error" not in answer:
                return answer
            said = answer["error"]
        else:
            said = self._last_words() if readable else f"no answer within {limit_s:g} s"
        self.close()
        raise NoPeerError(said[:200])

    def _last_words(self) -> str:
        code = self._process.wait()
        self._log.seek(0)
        lines = [line.strip() for line in self._log if line.strip()]
        return lines[-1] if lines else f"it ended with exit code {code}"
