"""The library stands on its own."""

import subprocess
import sys
import textwrap
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]

ALONE = """
    import sys

    class Refuse:
        blocked = {"cv2", "onnxruntime", "fastapi", "pydantic", "msgspec", "scipy", "av", "app", "models", "asyncio"}

        def find_spec(self, name, path=None, target=None):
            if name.partition(".")[0] in self.blocked:
                raise ImportError(f"{name} is blocked")

    assert not Refuse.blocked & set(sys.modules)
    sys.meta_path.insert(0, Refuse())
    import numpy as np
    import tracker

    detections = tracker.Detections(xyxy=np.array([[10, 20, 50, 120]]), score=np.array([0.9]), class_id=np.array([0]))
    one = tracker.ByteTracker(tracker.ByteTrackConfig(frame_rate=25))
    print(one.update(detections, pts=0.0).track_id.tolist())
    one.restore(tracker.TrackerState.from_bytes(one.snapshot().to_bytes()))
    print(one.update(detections, pts=0.04).track_id.tolist())
"""


def test_the_package_works_in_a_fresh_process_without_the_rest_of_the_project() -> None:
    command = [sys.executable, "-c", textwrap.dedent(ALONE)]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "[1]\n[1]\n", "")


def test_the_public_face_is_complete() -> None:
    import tracker

    assert sorted(tracker.__all__, key=str.lower) == sorted(set(tracker.__all__), key=str.lower)
    for name in tracker.__all__:
        assert getattr(tracker, name).__doc__, name


def test_every_error_is_a_value_error_of_one_tree() -> None:
    from tracker import errors

    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type)]
    assert len(kinds) == 6
    assert all(issubclass(kind, errors.TrackerError) and issubclass(kind, ValueError) for kind in kinds)
