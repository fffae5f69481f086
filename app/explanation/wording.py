"""What a trace says, in words: what a detection or a track did, and why not something else."""

from app.explanation.recording import Recording
from tracker import Outcome
from tracker.explain import Barrier, DetectionTrace, Fate, FrameTrace, Nearest, Pair, TrackTrace
from tracker.reach import DISTANCE_STAGE

STAGES = ("no stage", "stage 1", "stage 2", "stage 3", "stage 2 for lost tracks", "by distance")
REASONS = 2
TELLING_OVERLAP = 0.1
_OUTCOMES = {
    Outcome.BELOW_FLOOR: "below the floor",
    Outcome.AT_THRESHOLD: "at the threshold",
    Outcome.LOW_UNMATCHED: "low, left over",
    Outcome.HIGH_UNMATCHED: "high, left over",
    Outcome.BORN: "born",
    Outcome.MATCHED_HIGH: "matched",
    Outcome.REACTIVATED: "found again",
    Outcome.MATCHED_LOW: "matched low",
    Outcome.CONFIRMED: "confirmed",
    Outcome.DUPLICATE: "twin, removed",
}
_FATES = {
    Fate.MATCHED: "matched",
    Fate.CONFIRMED: "confirmed",
    Fate.FOUND: "found again",
    Fate.LOST: "lost now",
    Fate.STILL_LOST: "still lost",
    Fate.EXPIRED: "gone, lost for too long",
    Fate.DISCARDED: "gone, no second hit",
    Fate.TWIN: "gone, a twin",
}


def track_name(track_id: int) -> str:
    """How a track is called; it has no id before its second hit."""
    return f"track {track_id}" if track_id else "a track seen once"


def detection_name(trace: FrameTrace, index: int) -> str:
    """A detection with its score."""
    return f"detection {index} (score {trace.detections.score[index]:.2f})"


def price(pair: Pair) -> str:
    """What two cost, against the limit; `by distance` costs are shares of the way that is allowed."""
    return f"cost {pair.cost:.3f}, limit {pair.limit:.3f}"


def why_not_matched(trace: FrameTrace, one: DetectionTrace) -> str:
    """Why no track took a detection."""
    if not len(trace.before):
        return "there was no track yet"
    said = [_why_no_track(trace, pair) for pair in _telling(one.others)]
    return "; ".join(said) or _far_from_tracks(one.nearest)


def why_missed(trace: FrameTrace, one: TrackTrace) -> str:
    """Why a track took no detection."""
    if not len(trace.detections):
        return "nothing was detected"
    said = [why_not(trace, pair) for pair in _telling(one.others)]
    return "; ".join(said) or _far_from_detections(one.nearest)


def rival(trace: FrameTrace, pair: Pair, *, of_track: bool) -> str:
    """The pair that nearly came about instead: another detection for a track, or another track for its detection."""
    if of_track:
        owner = trace.detection(pair.detection)
        went = f"went to {track_name(owner.track_id)}" if owner.taken else "was left over"
        return f"{detection_name(trace, pair.detection)} at cost {pair.cost:.3f}, which {went}"
    other = trace.track(pair.row).taken
    took = "took nothing" if other is None else f"took detection {other.detection}"
    return f"{track_name(pair.track_id)} for the same detection at cost {pair.cost:.3f}, which {took}"


def took(trace: FrameTrace, pair: Pair) -> str:
    """The detection that a track took, at which stage and for how much."""
    stage = STAGES[pair.stage] if pair.stage == DISTANCE_STAGE else f"in {STAGES[pair.stage]}"
    return f"{detection_name(trace, pair.detection)} {stage}, {price(pair)}"


def what_it_did(trace: FrameTrace, one: TrackTrace) -> list[str]:
    """What a track did in a frame, line by line."""
    box = ", ".join(f"{side:.1f}" for side in one.expected)
    ago = "1 frame" if one.unseen == 1 else f"{one.unseen:g} frames"
    lines = [f"{track_state(one)}; expected at x1, y1, x2, y2 = {box}; last seen {ago} before"]
    if one.taken is None:
        return [*lines, why_missed(trace, one)]
    lines.append(f"took {took(trace, one.taken)}")
    if one.runner_up is not None:
        lines.append(f"the runner-up was {rival(trace, one.runner_up, of_track=True)}")
    other = trace.detection(one.taken.detection).runner_up
    if other is not None:
        lines.append(f"its rival was {rival(trace, other, of_track=False)}")
    return lines


def detection_state(one: DetectionTrace) -> str:
    """What became of a detection, in a word or two."""
    return _OUTCOMES[one.outcome]


def track_state(one: TrackTrace) -> str:
    """What became of a track, in a word or two."""
    return _FATES[one.fate]


def class_name(recording: Recording, trace: FrameTrace, index: int) -> str:
    """The class of a detection, where classes have names."""
    return f" {recording.label(int(trace.detections.class_id[index]))}" if recording.labels else ""


def _telling(others: tuple[Pair, ...]) -> list[Pair]:
    """The pairs that tell most: those that overlap most."""
    by_overlap = sorted(others, key=lambda pair: -pair.overlap)
    first, rest = by_overlap[:1], by_overlap[1:REASONS]
    return first + [pair for pair in rest if pair.overlap >= TELLING_OVERLAP or pair.barrier is Barrier.TAKEN]


def _why_no_track(trace: FrameTrace, pair: Pair) -> str:
    name, track = track_name(pair.track_id), trace.track(pair.row)
    if pair.barrier is Barrier.TAKEN and track.taken is not None:
        return (
            f"{name} was within reach ({price(pair)}) but took "
            f"detection {track.taken.detection} (cost {track.taken.cost:.3f})"
        )
    if pair.barrier is Barrier.COST:
        return f"{name} was too far: {price(pair)}, overlap {pair.overlap:.2f}"
    return f"{name} was near (overlap {pair.overlap:.2f}) but {_barred(trace, pair, 'it')}"


def why_not(trace: FrameTrace, pair: Pair) -> str:
    """Why a track did not take a detection."""
    name, owner = detection_name(trace, pair.detection), trace.detection(pair.detection)
    if pair.barrier is Barrier.TAKEN and owner.taken is not None:
        return (
            f"{name} was within reach ({price(pair)}) but went to "
            f"{track_name(owner.track_id)} (cost {owner.taken.cost:.3f})"
        )
    if pair.barrier is Barrier.COST:
        return f"{name} was too far: {price(pair)}, overlap {pair.overlap:.2f}"
    return f"{name} was near (overlap {pair.overlap:.2f}) but {_barred(trace, pair, 'the track')}"


def _barred(trace: FrameTrace, pair: Pair, track: str) -> str:
    if pair.barrier is Barrier.CLASS:
        return "is of another class"
    if pair.barrier is Barrier.SCORE:
        at_threshold = trace.tracks.outcome[pair.detection] == Outcome.AT_THRESHOLD
        return "scores exactly the threshold, neither high nor low" if at_threshold else "scores too low to be used"
    state = "lost" if trace.before["lost"][pair.row] else "seen only once so far"
    return f"{track} is {state}, and such tracks take no low scores"


def _far_from_tracks(nearest: Nearest | None) -> str:
    if nearest is None:
        return "there was no track"
    return f"no track overlaps it; the nearest, {track_name(nearest.track_id)}, was {nearest.distance:.0f} px away"


def _far_from_detections(nearest: Nearest | None) -> str:
    if nearest is None:
        return "nothing was detected"
    return f"no detection overlaps it; the nearest, detection {nearest.detection}, was {nearest.distance:.0f} px away"
