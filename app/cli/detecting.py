"""The detector of an offline run: which one, and how it is called."""

from dataclasses import dataclass

from app.cli.console import Reporter
from app.offline.workload import BATCH_ON_GPU, CALLERS_ON_GPU, plan_cpu
from app.settings import Settings
from app.sources.demo_url import is_demo
from models import CATALOG, Detector, DetectorOptions, default_cache_dir, load_detector

BUNDLED = "demo"
FOR_REAL_VIDEO = "yolox_nano"


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
    inference = settings.inference
    workload = plan_cpu(inference.callers, inference.threads)
    options = DetectorOptions(
        score_floor=inference.score_floor if min_score is None else min_score, threads=workload.threads
    )
    detector = load_detector(model, settings.device, options, cache_dir=settings.cache_dir)
    if detector.info.provider == "CPUExecutionProvider":
        return detector, Load(workload.callers, 1)
    batch = min(detector.info.batch_limit or BATCH_ON_GPU, inference.max_batch)
    return detector, Load(inference.callers or CALLERS_ON_GPU, batch)
