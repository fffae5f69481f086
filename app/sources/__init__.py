"""Sources of frames: video files, pictures, MOT Challenge sequences and the demo camera."""

from app.sources.opening import open_source
from app.sources.source import Skipped, Source, SourceError, SourceFrame

__all__ = ["Skipped", "Source", "SourceError", "SourceFrame", "open_source"]
