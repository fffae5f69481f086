"""The figures of the last minute, as rules judge them and callers see them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """How well a stream's tracking does, over `span_s` seconds of media time up to `pts`.

    Those that a caller sees; None where there is too little to tell:

    Attributes:
        pts: media time of the newest frame.
        span_s: the seconds that all of this is of, a minute at most.
        frames: those that were tracked.
        churn: new ids per second and object in view. In a steady stream that is one over the mean time that a track
            lasts (J. D. C. Little, "A Proof for the Queuing Formula L = lambda W", Operations Research 1961).
        mean_length_s: from a track's first to its last detection, of the tracks that ended.
        fragments: the share of the tracks that were lost and found again, of those that ended or are still kept.
        margin: the median of `margin.margins`.
        jitter: `intervals.Intervals.jitter`.
        score: the mean score of the detections that tracks took.
        score_drift: how far `score` is from what it was before, each class compared with itself, `baseline`.

    What else the rules need:

        score_before: what `score` would be if the detector were as sure as before.
        ended, brief: tracks that ended, and of these those that were seen in `lives.BRIEF_HITS` frames at most; births
            that no second frame confirmed count in both.
        new_ids: ids that began.
        late, passed_over: those of them that began where a track of their class had vanished within the
            `lives.SUCCESSION_S` seconds before, after the tracker had given that one up, and before.
        found_rate: times that tracks that had been seen in `vitals.SETTLED_HITS` frames were found again, per second
            and object in view.
        object_s: seconds that objects were in view, together.
        low_share: the share of the associations that were with detections below `track_thresh`.
        near: detections just below `track_thresh` that no track took, per association.
        leaps: associations with hardly any overlap.
        associations: how many there were.
        birth_score: the median score of the detections that started tracks, those included that came to nothing.
        lasting_score: the median score of tracks that have been seen for a second or longer.
        dropped: the share of the frames that were dropped.
        pace: seconds counted for each that passed, None where frames tell when they were taken.
        quiet_s: seconds since the detector found anything, None before it did.
        longest_quiet_s: the longest that it found nothing before.
        known_s: seconds of media time before the window in which it found something.
    """

    pts: float
    span_s: float
    frames: int
    churn: float | None
    mean_length_s: float | None
    fragments: float | None
    margin: float | None
    jitter: float | None
    score: float | None
    score_drift: float | None
    score_before: float | None
    ended: int
    brief: int
    new_ids: int
    late: int
    passed_over: int
    found_rate: float
    object_s: float
    low_share: float
    near: float
    leaps: int
    associations: int
    birth_score: float | None
    lasting_score: float | None
    dropped: float
    pace: float | None
    quiet_s: float | None
    longest_quiet_s: float
    known_s: float
