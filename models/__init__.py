"""Object detectors: frames in, `tracker.Detections` out; and how the camera moved from frame to frame.

    detector = models.load_detector("yolox_nano")
    [detections] = detector.detect([bgr])

    camera = models.CameraMotion()
    motion = camera.estimate(bgr, detections.xyxy)  # motion.affine goes into tracker.update

Knows no stream, no socket and no clock. Everything that looks at pixels to find something in them lives here.
"""

import os

# Wheels of onnxruntime from 1.31 on report each process and each model to their maker, and write an identifier into the
# temporary folder. Nobody who watches cameras was asked. It is read when onnxruntime is first imported.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

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
    InspectionFailed,
    ModelAmbiguous,
    ModelBroken,
    ModelError,
    ModelNotFound,
    ModelUnsupported,
    OutOfMemory,
)
from models.glimpse import Glimpse, take_glimpse
from models.inspection import InspectionLimits
from models.loading import load_detector
from models.options import DetectorOptions, Inspection, ModelInfo

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
    "Inspection",
    "InspectionFailed",
    "InspectionLimits",
    "ModelAmbiguous",
    "ModelBroken",
    "ModelError",
    "ModelInfo",
    "ModelNotFound",
    "ModelUnsupported",
    "Motion",
    "OutOfMemory",
    "available_cores",
    "default_cache_dir",
    "load_detector",
    "pull",
    "take_glimpse",
]
