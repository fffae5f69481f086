"""The detector that the settings name, loaded to be called in the way that suits this machine."""

from collections.abc import Callable
from importlib.metadata import version

from app.settings import Settings
from app.tuning import Workload, plan_cpu, tune
from models import (
    Abort,
    Detector,
    DetectorOptions,
    ModelError,
    ModelInfo,
    available_cores,
    default_cache_dir,
    load_detector,
)
from models.providers import CPU


def load_for(
    settings: Settings,
    *,
    score_floor: float | None = None,
    say: Callable[[str], None] | None = None,
    abort: Abort | None = None,
) -> Detector:
    """Load and warm up the detector, with the callers and threads that were measured to be best where it runs on a CPU.

    Args:
        settings: which model, where and how.
        score_floor: takes the place of the one in the settings.
        say: told in a line what takes long. Without it nothing is measured: cores are counted.
        abort: lets another thread end what an unknown file is put through before it is loaded.

    Raises:
        ModelError: the model is missing, broken or ambiguous, or the device cannot be had.
    """
    inference, cores = settings.inference, available_cores()

    def load(workload: Workload) -> Detector:
        options = _options(settings, workload, inference.score_floor if score_floor is None else score_floor)
        return load_detector(settings.model, settings.device, options, cache_dir=settings.cache_dir, abort=abort)

    detector = load(plan_cpu(inference, cores))
    told = inference.callers is not None or inference.threads is not None or inference.goal == "cores"
    if say is None or told or cores == 1 or not runs_on_cpu(detector.info):
        return detector
    folder = settings.cache_dir or default_cache_dir()
    circumstances = version("trackd"), inference.spin, inference.arena
    return tune(detector, load, cores, inference.goal, folder, circumstances, say)


def _options(settings: Settings, workload: Workload, score_floor: float) -> DetectorOptions:
    inference = settings.inference
    return DetectorOptions(
        head=inference.head,
        input_size=inference.input_size,
        nms_iou=inference.nms_iou,
        score_floor=score_floor,
        soft_nms=inference.soft_nms,
        labels=inference.labels,
        colour=inference.colour,
        fit=inference.fit,
        pixel_max=inference.pixel_max,
        mean=inference.mean,
        std=inference.std,
        boxes=inference.boxes,
        threads=workload.threads,
        callers=workload.callers,
        spin=inference.spin,
        arena=inference.arena,
        half=inference.half,
        graph_cache=(settings.cache_dir or default_cache_dir()) / "graphs",
        inspect=settings.inspect_models,
    )


def load_all(settings: Settings, say: Callable[[str], None] | None = None) -> tuple[Detector, dict[str, Detector]]:
    """The default model, and those of `settings.models` beside it by their names. `say` as in `load_for`.

    Raises:
        ModelError: one of them cannot be loaded; the message names it. Those before it are closed.
    """
    default = load_for(settings.spoken_of(), say=say)
    others: dict[str, Detector] = {}
    for name, spec in settings.models.items():
        if name == settings.model:
            continue
        try:
            others[name] = load_for(settings.speaking_of(spec), say=say)
        except ModelError as error:
            for detector in (default, *others.values()):
                detector.close()
            raise ModelError(f"models.{name}: {error}") from error
    return default, others


def runs_on_cpu(info: ModelInfo) -> bool:
    """Whether a loaded model answers from the CPU, whoever computes there."""
    return info.provider == CPU or info.device in ("openvino", "openvino:CPU")


CALLERS_ON_GPU = 3
"""The device runs one batch while a thread prepares the next and another reads the outputs of the last."""


def callers_for(settings: Settings, info: ModelInfo, *, on_gpu: int = CALLERS_ON_GPU) -> int:
    """How many threads call the detector: what the operator says, else as it was loaded for on the CPU, and `on_gpu` on
    a GPU."""
    if settings.inference.callers is not None:
        return settings.inference.callers
    if runs_on_cpu(info):
        return info.callers or plan_cpu(settings.inference, available_cores()).callers
    return on_gpu
