"""A synthetic street camera that knows the exact truth about every frame."""

from app.sources.demo.camera import DemoCamera
from app.sources.demo.lanes import CLASSES
from app.sources.demo.truth import SCORED_VISIBILITY, DemoTruth

__all__ = ["CLASSES", "SCORED_VISIBILITY", "DemoCamera", "DemoTruth"]
