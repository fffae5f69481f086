"""Everything with a clock, a socket or a thread."""

import app.imaging  # noqa: F401  # sets OpenCV's limits, which OpenCV reads once, before any module here can import it
