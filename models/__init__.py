"""Object detectors: frames in, `tracker.Detections` out.

    detector = models.load_detector("yolox_nano")
    [detections] = detector.detect([bgr])

Knows no stream, no socket and no clock. Everything that looks at pixels to find objects lives here.
"""

from models.catalog import CATALOG, CatalogEntry, default_cache_dir, pull
from models.detector import (
    ChecksumMismatch,
    DetectionFailed,
    Detector,
    DetectorOptions,
    DeviceUnavailable,
    DownloadFailed,
    ModelAmbiguous,
    ModelBroken,
    ModelError,
    ModelInfo,
    ModelNotFound,
    ModelUnsupported,
)
from models.loading import load_detector
from models.session import available_cores

__all__ = [
    "CATALOG",
    "CatalogEntry",
    "ChecksumMismatch",
    "DetectionFailed",
    "Detector",
    "DetectorOptions",
    "DeviceUnavailable",
    "DownloadFailed",
    "ModelAmbiguous",
    "ModelBroken",
    "ModelError",
    "ModelInfo",
    "ModelNotFound",
    "ModelUnsupported",
    "available_cores",
    "default_cache_dir",
    "load_detector",
    "pull",
]
