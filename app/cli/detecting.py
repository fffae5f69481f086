"""The detector of an offline run: which one, and how it is called."""

from dataclasses import dataclass

from app.cli.console import Reporter
from app.kernels import load_kernels
from app.loading import callers_for, load_for, runs_on_cpu
from app.settings import Settings
from app.sources.demo_url import is_demo
from models import CATALOG, Detector, default_cache_dir

BUNDLED = "demo"
FOR_REAL_VIDEO = "yolox_nano"
CALLERS_ON_GPU = 2  # one prepares its batch while the other's runs
BATCH_ON_GPU = 8


@dataclass(frozen=True, slots=True)
class Load:
    """How many threads call the detector at once, and with how many frames each."""

    callers: int
    batch: int


def choose_model(settings: Settings, source: str, report: Reporter) -> str:
    """The model that was asked for; else the bundled one for the demo camera; else a real one if it was pulled.

    Says so where the choice is not obvious, or not good.
    """
    if "model" in settings.model_fields_set or is_demo(source):
        return settings.model
    if CATALOG[FOR_REAL_VIDEO].path(settings.cache_dir or default_cache_dir()).exists():
        report.note(f"using model {FOR_REAL_VIDEO}; choose another with --model")
        return FOR_REAL_VIDEO
    report.note(
        f"the bundled detector knows the demo camera only and finds little in real pictures; get a real one with "
        f"`trackd models pull {FOR_REAL_VIDEO}`, or give --model PATH"
    )
    return BUNDLED


def load_for_tracking(settings: Settings, model: str, min_score: float | None) -> tuple[Detector, Load]:
    """Load the detector with the threads that suit many frames per second.

    Raises:
        ModelError: missing, broken, ambiguous, or the device cannot be had.
    """
    # Said even where notes are not wanted: a minute of silence looks like a hang.
    load_kernels(Reporter().note)
    settings = settings.model_copy(update={"model": model}).spoken_of()
    detector = load_for(settings, score_floor=min_score)
    callers = callers_for(settings, detector.info, on_gpu=CALLERS_ON_GPU)
    if runs_on_cpu(detector.info):
        return detector, Load(callers, 1)
    return detector, Load(callers, min(detector.info.batch_limit or BATCH_ON_GPU, settings.inference.max_batch))
