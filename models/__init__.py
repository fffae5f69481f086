"""Object detectors: frames in, `tracker.Detections` out; and how the camera moved from frame to frame.

    detector = models.load_detector("yolox_nano")
    [detections] = detector.detect([bgr])

    camera = models.CameraMotion()
    motion = camera.estimate(bgr, detections.xyxy)  # motion.affine goes into tracker.update

Knows no stream, no socket and no clock. Everything that looks at pixels to find something in them lives here.
"""

from models.camera_motion import CameraMotion, Finding, Motion
from models.catalog import CATALOG, CatalogEntry, default_cache_dir, pull
from models.cores import available_cores
from models.detector import (
    Abort,
    ChecksumMismatch,
    DetectionFailed,
    Detector,
    DeviceUnavailable,
    DownloadFailed,
    ModelAmbiguous,
    ModelBroken,
    ModelError,
    ModelNotFound,
    ModelUnsupported,
)
from models.glimpse import Glimpse, take_glimpse
from models.loading import load_detector
from models.options import DetectorOptions, ModelInfo

__all__ = [
    "CATALOG",
    "Abort",
    "CameraMotion",
    "CatalogEntry",
    "ChecksumMismatch",
    "DetectionFailed",
    "Detector",
    "DetectorOptions",
    "DeviceUnavailable",
    "DownloadFailed",
    "Finding",
    "Glimpse",
    "ModelAmbiguous",
    "ModelBroken",
    "ModelError",
    "ModelInfo",
    "ModelNotFound",
    "ModelUnsupported",
    "Motion",
    "available_cores",
    "default_cache_dir",
    "load_detector",
    "pull",
    "take_glimpse",
]
