"""Images in and out: what they are, their pixels, and boxes drawn on them.

`sniff` reads format and size before any decoder runs, `decode` turns bytes into BGR pixels under one policy for every
format, `raw` takes frames that are pixels already, `draw` annotates and encodes.

This package is imported before `cv2` wherever the service decodes, because OpenCV reads both variables below once,
while its library loads. They are defaults: a value that the operator has set stays.
"""

import os

# The second belt behind `sniff.check_limits`: OpenCV itself refuses what is over the largest legal square, 8192 x 8192.
os.environ.setdefault("OPENCV_IO_MAX_IMAGE_PIXELS", str(8192 * 8192))
# A broken upload is the caller's news (a 422), not the operator's: OpenCV writes nothing about it to stderr.
os.environ.setdefault("OPENCV_LOG_LEVEL", "SILENT")
