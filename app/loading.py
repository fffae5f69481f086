"""The detector that the settings name."""

from app.settings import Settings
from models import Detector, DetectorOptions, load_detector


def load_for(settings: Settings) -> Detector:
    """Load and warm up the detector.

    Raises:
        ModelError: the model is missing, broken or ambiguous, or the device cannot be had.
    """
    options = DetectorOptions(score_floor=settings.inference.score_floor, threads=settings.inference.threads)
    return load_detector(settings.model, settings.device, options, cache_dir=settings.cache_dir)
