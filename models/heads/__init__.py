"""Output layouts: one pure function per file, and the table of them."""

from collections.abc import Mapping
from types import MappingProxyType

from models.heads import end2end, rtdetr, yolov5, yolov8, yolox
from models.heads.layout import Candidates, Head

HEADS: Mapping[str, Head] = MappingProxyType(
    {
        head.name: head
        for head in (
            Head("yolox", yolox.decode, True, "bgr", "top-left", 255),
            Head("yolox_decoded", yolov5.decode, True, "bgr", "top-left", 255),
            Head("yolov5", yolov5.decode, True, "rgb", "centre", 1),
            Head("yolov8", yolov8.decode, True, "rgb", "centre", 1),
            Head("end2end", end2end.decode, False, "rgb", "centre", 1),
            Head("rtdetr", rtdetr.decode, False, "rgb", "stretch", 1),
        )
    }
)
"""Every head by its name in `DetectorOptions.head`."""

__all__ = ["HEADS", "Candidates", "Head"]
