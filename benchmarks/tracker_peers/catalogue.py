"""Which trackers are compared, and what each needs installed.

Every peer gets an environment of its own, because what they ask for excludes each other (norfair: numpy < 2, BoxMOT:
numpy >= 2.2).
"""

from dataclasses import dataclass

Requirements = tuple[str, ...]

TORCH: tuple[Requirements, ...] = (("torch==2.13.0+cpu",), ("torch",))
"""A build without CUDA where pip is told of one, else what it finds."""


@dataclass(frozen=True, slots=True)
class Peer:
    """A tracker to compare with.

    Attributes:
        name: what `--peers` calls it, and its adapter.
        title: what the table calls it, before its version.
        package: the distribution whose version is told.
        imports: the statement that a program begins with to use it.
        installs: what pip is given, call by call; of a call's alternatives the first that works.
        build: a command of its environment to run afterwards.
        home: the peer whose environment it shares.
    """

    name: str
    title: str
    package: str
    imports: str
    installs: tuple[tuple[Requirements, ...], ...] = ()
    build: tuple[str, ...] = ()
    home: str = ""

    @property
    def folder(self) -> str:
        """The environment's folder."""
        return self.home or self.name


def _plain(*requirements: str) -> tuple[tuple[Requirements, ...], ...]:
    return ((requirements,),)


# Ultralytics and BoxMOT ask for much that their trackers never import, torchvision above all, which on PyPI is built
# for CUDA; so they are installed without what they ask for, and then what their trackers do import.
_ULTRALYTICS = ("lap", "matplotlib", "numpy", "opencv-python-headless", "pillow", "polars", "psutil", "pyyaml")
_BOXMOT = ("click", "filterpy<2", "lapx<1", "numpy", "opencv-python-headless<5", "platformdirs", "pyyaml", "rich")

PEERS = (
    Peer(
        "authors",
        "the authors' Python (cjm-byte-track)",
        "cjm-byte-track",
        "from cjm_byte_track.core import BYTETracker",
        _plain("cjm-byte-track==0.0.6"),
    ),
    Peer(
        "supervision",
        "supervision",
        "supervision",
        "from supervision import ByteTrack, Detections",
        _plain("supervision<0.30"),
    ),
    Peer("trackers", "trackers", "trackers", "from trackers import ByteTrackTracker", _plain("trackers>=2.6,<3")),
    Peer(
        "ultralytics",
        "Ultralytics",
        "ultralytics",
        "from ultralytics.trackers.byte_tracker import BYTETracker",
        (
            TORCH,
            (("--no-deps", "ultralytics>=8.4,<8.5", "torchvision"),),
            ((*_ULTRALYTICS, "requests", "scipy"),),
        ),
    ),
    Peer(
        "boxmot",
        "BoxMOT, Python",
        "boxmot",
        "from boxmot import create_tracker",
        (
            TORCH,
            (("--no-deps", "boxmot>=25,<26"),),
            ((*_BOXMOT, "scipy", "tqdm"),),
        ),
    ),
    Peer(
        "boxmot-cpp",
        "BoxMOT, C++",
        "boxmot",
        "from boxmot import create_tracker",
        build=("boxmot", "build", "--tracker", "bytetrack"),
        home="boxmot",
    ),
    Peer("norfair", "norfair", "norfair", "from norfair import Detection, Tracker", _plain("norfair>=2.3,<3")),
    Peer(
        "trackforge",
        "trackforge (Rust)",
        "trackforge",
        "from trackforge import BYTETRACK",
        _plain("trackforge>=0.4,<0.5", "numpy"),
    ),
    Peer(
        "ioutrack",
        "ioutrack (Rust)",
        "ioutrack-rs",
        "from ioutrack import ByteTrack",
        _plain("ioutrack-rs>=0.4,<0.5", "numpy"),
    ),
    Peer(
        "edgefirst",
        "edgefirst-tracker (Rust)",
        "edgefirst-tracker",
        "from edgefirst.tracker import ByteTrack",
        _plain("edgefirst-tracker>=0.38,<1"),
    ),
    Peer(
        "visiontrack",
        "visiontrack-cpp (C++)",
        "visiontrack-cpp",
        "from visiontrack_cpp import ByteTracker",
        _plain("visiontrack-cpp>=0.1,<0.2"),
    ),
)
