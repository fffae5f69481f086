"""The detector that the settings name, and how it is called."""

from dataclasses import dataclass

from app.settings import InferenceSettings, Settings
from models import Detector, DetectorOptions, ModelInfo, available_cores, load_detector

MOST_CALLERS = 8  # beyond it decoding and writing are the bottleneck, and frames wait in memory


@dataclass(frozen=True, slots=True)
class Workload:
    """How many threads call the detector on a CPU, and how many work inside one call."""

    callers: int
    threads: int


def plan_cpu(inference: InferenceSettings, cores: int) -> Workload:
    """Share out the cores; what the operator says is kept.

    Two callers with one thread each give more frames per second than one caller with two (yolox_nano, two cores), at
    the price of a longer call; a third one keeps the cores busy while another prepares its frame.
    """
    callers, threads = inference.callers, inference.threads
    if callers is None:
        callers = max(1, min(cores // (threads or 1) + 1, MOST_CALLERS))
    return Workload(callers, threads or max(1, cores // callers))


def load_for(settings: Settings, *, score_floor: float | None = None) -> Detector:
    """Load and warm up the detector. `score_floor` takes the place of the one in the settings.

    Raises:
        ModelError: the model is missing, broken or ambiguous, or the device cannot be had.
    """
    inference = settings.inference
    options = DetectorOptions(
        head=inference.head,
        input_size=inference.input_size,
        nms_iou=inference.nms_iou,
        score_floor=inference.score_floor if score_floor is None else score_floor,
        threads=plan_cpu(inference, available_cores()).threads,
    )
    return load_detector(settings.model, settings.device, options, cache_dir=settings.cache_dir)


def runs_on_cpu(info: ModelInfo) -> bool:
    """Whether a loaded model answers from the CPU."""
    return info.provider == "CPUExecutionProvider"


def callers_for(settings: Settings, info: ModelInfo, *, on_gpu: int = 1) -> int:
    """How many threads call the detector: what the operator says, else a few on the CPU and `on_gpu` on a GPU."""
    if runs_on_cpu(info):
        return plan_cpu(settings.inference, available_cores()).callers
    return settings.inference.callers or on_gpu
