"""What looks wrong, by the figures of the last minute: one function per concern.

Each limit stands well above what the demo camera comes to under good settings over several seeds, and well below what
it comes to under settings that are wrong; `docs/health.md` has the figures.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, Protocol

from app.vitals.figures import Figures
from tracker import ByteTrackConfig

ConcernKind = Literal[
    "short_lives", "far_apart", "below_threshold", "given_up_early", "passed_over", "broken", "leaps",
    "frame_rate", "jitter", "dropped", "score_fell", "blind",
]  # fmt: skip
"""What may look wrong.

`short_lives`: most tracks that begin vanish at once. `far_apart`: they do, because objects move too far between frames.
`below_threshold`: what is there is found, but scores below `track_thresh`. `given_up_early`: new ids begin where tracks
vanished that were no longer kept. `passed_over`: they begin beside lost tracks that were still kept. `broken`: tracks
are lost and found again often. `leaps`: tracks go on with other objects. `frame_rate`: frames are counted faster or
slower than they come. `jitter`: they come unevenly. `dropped`: many are given up. `score_fell`: the detector is less
sure than before. `blind`: it finds nothing any more.
"""

LEAST_SPAN_S = 20.0
"""Seconds of media time before which nothing is said."""


@dataclass(frozen=True, slots=True)
class Sign:
    """How strongly something looks wrong, 1 where it is worth saying; in which words; and which settings may help, as
    `tracker.track_thresh`."""

    strength: float
    detail: str
    settings: tuple[str, ...]


class Rule(Protocol):
    """Judges one thing; None where there is too little to judge by."""

    def __call__(self, figures: Figures, config: ByteTrackConfig, /) -> Sign | None:
        """The sign, however weak."""


def short_lives(figures: Figures, config: ByteTrackConfig) -> Sign | None:
    """Births from scores well below those of tracks that last."""
    share = _brief(figures)
    if share is None or not _unsure(figures):
        return None
    return Sign(
        share / 0.62,
        f"{share:.0%} of the tracks that begin vanish within 3 frames: track_thresh {config.track_thresh:g} is low for "
        f"this detector, whose scores have a median of {figures.birth_score:.2f} where tracks begin and of "
        f"{figures.lasting_score:.2f} in tracks that last",
        ("tracker.track_thresh", "tracker.det_thresh"),
    )


def far_apart(figures: Figures, config: ByteTrackConfig) -> Sign | None:
    """The same, where the scores are as good as those of tracks that last, and the settings leave room."""
    share = _brief(figures)
    if share is None or _unsure(figures) or config.match_thresh < 0.6:
        return None
    fps = figures.frames / figures.span_s
    return Sign(
        share / 0.62,
        f"{share:.0%} of the tracks that begin vanish within 3 frames, though the detector is sure of them: objects "
        f"move too far between frames at {fps:.1f} frames per second; send more, or raise unconfirmed_match_thresh "
        f"({config.unconfirmed_match_thresh:g}) or expansion ({config.expansion:g})",
        ("tracker.unconfirmed_match_thresh", "tracker.expansion"),
    )


def below_threshold(figures: Figures, config: ByteTrackConfig) -> Sign | None:
    """Detections just below `track_thresh` that start nothing, or tracks that live on by such."""
    near = figures.near * max(1, figures.associations)
    if near < 100 and figures.associations < 300:
        return None
    over, by_low = figures.near / 0.5 if near >= 100 else 0.0, figures.low_share / 0.4
    if over >= by_low:
        told = f"many detections lie just below track_thresh {config.track_thresh:g} and no track takes them: "
        told += f"{near / max(1, figures.frames):.1f} in each frame"
    else:
        told = f"tracks live on by detections below track_thresh {config.track_thresh:g} in {figures.low_share:.0%} of "
        told += "the frames that they are seen in"
    return Sign(max(over, by_low), f"{told}; track_thresh may be high for this detector", ("tracker.track_thresh",))


def given_up_early(figures: Figures, config: ByteTrackConfig) -> Sign | None:
    """Ids that begin where a track vanished that the tracker had given up."""
    if figures.new_ids < 15:
        return None
    kept_s = config.max_lost / config.frame_rate
    return Sign(
        figures.late / figures.new_ids / 0.3,
        f"{figures.late} of {figures.new_ids} new ids began where a track had vanished a moment before, when it was no "
        f"longer kept: lost_buffer {config.lost_buffer} keeps lost tracks for {kept_s:.1f} s",
        ("tracker.lost_buffer",),
    )


def passed_over(figures: Figures, config: ByteTrackConfig) -> Sign | None:
    """Ids that begin beside a lost track that might have gone on."""
    if figures.passed_over < 10:
        return None
    rate = figures.passed_over / figures.object_s
    return Sign(
        rate / 0.12,
        f"identities change every {1 / rate:.0f} s for each object in view: new ids begin where a track has just been "
        f"lost and is still kept; match_thresh {config.match_thresh:g} may be strict, bigger is looser",
        ("tracker.match_thresh", "tracker.fuse_score"),
    )


def broken(figures: Figures, config: ByteTrackConfig) -> Sign | None:
    """Tracks that are lost and found again."""
    if figures.object_s < 60.0 or figures.found_rate <= 0.0:
        return None
    narrow = config.track_thresh - config.low_thresh < 0.1
    told = f"tracks are lost and found again every {1 / figures.found_rate:.1f} s for each object in view: "
    if narrow:
        told += f"low_thresh {config.low_thresh:g} leaves nothing below track_thresh {config.track_thresh:g} by which "
        told += "a track could live on where the detector is less sure"
    else:
        told += "the detector misses them; a lower low_thresh or track_thresh may keep them, a larger model or tiles "
        told += "find more"
    return Sign(
        figures.found_rate / (0.28 if narrow else 0.7),
        told,
        ("tracker.low_thresh", "tracker.track_thresh"),
    )


def leaps(figures: Figures, config: ByteTrackConfig) -> Sign | None:
    """Associations with something that is not where the track was expected, in a stream whose tracks mostly are."""
    if figures.margin is None or figures.margin < 0.5:
        return None
    return Sign(
        min(figures.leaps / 4, figures.leaps / max(figures.new_ids, 20) / 0.05),
        f"{figures.leaps} times in the last {figures.span_s:.0f} s a track went on with a detection that hardly "
        f"overlaps where it was expected: identities change in place of each other; match_thresh "
        f"{config.match_thresh:g} may be loose, smaller is stricter",
        ("tracker.match_thresh",),
    )


def frame_rate(figures: Figures, config: ByteTrackConfig) -> Sign | None:
    """Frames without capture times that do not come at the rate at which they are counted."""
    if figures.pace is None or figures.pace <= 0.0:
        return None
    off = max(figures.pace, 1.0 / figures.pace)
    fps = config.frame_rate * figures.pace
    return Sign(
        (off - 1.0) / 0.5,
        f"frame_rate says {config.frame_rate:g} but frames come at {fps:.1f} per second, and carry no capture time: "
        "speeds and the time that lost tracks are kept are wrong by as much; give Capture-Timestamp, or set frame_rate",
        ("tracker.frame_rate",),
    )


def jitter(figures: Figures, config: ByteTrackConfig) -> Sign | None:
    """Uneven intervals."""
    if figures.jitter is None:
        return None
    cure = "look for lost packets, and for who leaves frames out" if figures.pace is None else "give Capture-Timestamp"
    return Sign(
        figures.jitter / 0.4,
        f"frames come unevenly: jitter {figures.jitter:.1f}, the mean distance of an interval from the usual one, in "
        f"usual ones; {cure}",
        ("max_fps",),
    )


def dropped(figures: Figures, config: ByteTrackConfig) -> Sign | None:
    """Frames that were given up, other than by `max_fps`."""
    if figures.frames < 50:
        return None
    fps = figures.frames / figures.span_s
    return Sign(
        figures.dropped / 0.4,
        f"{figures.dropped:.0%} of the frames are dropped: set max_fps to {max(1.0, fps):.0f} so that the others come "
        "evenly, detection.every to look at fewer, or use a smaller model",
        ("max_fps", "detection.every"),
    )


def score_fell(figures: Figures, config: ByteTrackConfig) -> Sign | None:
    """A detector that is less sure than before."""
    if figures.score_drift is None or figures.score_before is None or figures.associations < 100:
        return None
    now = figures.score_before + figures.score_drift
    return Sign(
        -figures.score_drift / 0.1,
        f"the detector's confidence fell from {figures.score_before:.2f} to {now:.2f}, class by class: look at light, "
        "lens and where the camera points",
        ("tracker.track_thresh",),
    )


def blind(figures: Figures, config: ByteTrackConfig) -> Sign | None:
    """A detector that finds nothing where it always did."""
    if figures.quiet_s is None or figures.known_s < 60.0:
        return None
    usual_s = max(20.0, 4.0 * figures.longest_quiet_s)
    return Sign(
        figures.quiet_s / usual_s,
        f"the detector has found nothing for {figures.quiet_s:.0f} s, and never found nothing for longer than "
        f"{figures.longest_quiet_s:.1f} s before: look at the picture, light and lens",
        ("model",),
    )


RULES: Mapping[ConcernKind, Rule] = MappingProxyType(
    {
        "blind": blind,
        "frame_rate": frame_rate,
        "dropped": dropped,
        "jitter": jitter,
        "score_fell": score_fell,
        "far_apart": far_apart,
        "short_lives": short_lives,
        "below_threshold": below_threshold,
        "passed_over": passed_over,
        "given_up_early": given_up_early,
        "broken": broken,
        "leaps": leaps,
    }
)
"""Every rule, what is nearest to a cause first."""

EXPLAINED: Mapping[ConcernKind, frozenset[ConcernKind]] = MappingProxyType(
    {
        "frame_rate": frozenset[ConcernKind]({"far_apart", "passed_over", "given_up_early", "broken", "jitter"}),
        "dropped": frozenset[ConcernKind]({"jitter"}),
        "blind": frozenset[ConcernKind]({"score_fell"}),
        "score_fell": frozenset[ConcernKind]({"below_threshold", "passed_over", "given_up_early", "broken"}),
        "far_apart": frozenset[ConcernKind]({"passed_over", "below_threshold", "broken"}),
        "passed_over": frozenset[ConcernKind]({"short_lives", "broken", "given_up_early"}),
        "short_lives": frozenset[ConcernKind]({"broken", "given_up_early"}),
    }
)
"""What a concern explains is not said beside it."""


def _brief(figures: Figures) -> float | None:
    return figures.brief / figures.ended if figures.ended >= 20 else None


def _unsure(figures: Figures) -> bool:
    if figures.birth_score is None or figures.lasting_score is None:
        return False
    return figures.birth_score < figures.lasting_score - 0.1
