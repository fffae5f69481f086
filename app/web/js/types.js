/**
 * The shapes of the v1 contract as the page reads them. Nothing is exported: editors and checkers read the comments.
 *
 * @typedef {object} TrackRow
 * @property {number} track_id
 * @property {string} uid
 * @property {number} class_id
 * @property {string} class
 * @property {number} score          0 to 1
 * @property {[number, number, number, number]} bbox  x1, y1, x2, y2 in pixels of the image as sent
 * @property {[number, number]} velocity  px/s of the centre
 * @property {number} age_s
 * @property {string[]} [zones]      those it is counted in
 * @property {number} [speed_mps]    where the stream knows its ground
 * @property {[number, number, number, number, number]} [oriented]  centre, size, clockwise angle of the width in radians
 *
 * @typedef {object} Timing          milliseconds by stage
 * @property {number} decode
 * @property {number} queue
 * @property {number} detect
 * @property {number} track
 * @property {number} total
 * @property {number} [motion]       where the camera's motion was measured
 *
 * @typedef {object} ZoneCount       since the epoch began, or since the counts were reset
 * @property {number} occupancy      tracks in it now
 * @property {number} entered
 * @property {number} exited
 * @property {number | null} dwell_s  mean of those that left
 * @property {Record<string, number>} by_class  of those that entered
 * @property {number} appeared       were seen in it first
 * @property {number} vanished       were seen in it last
 * @typedef {{forward: number, backward: number, by_class: Record<string, [number, number]>}} LineCount
 * @typedef {{zones: Record<string, ZoneCount>, lines: Record<string, LineCount>}} Counts
 *
 * @typedef {object} DetectionRow
 * @property {[number, number, number, number]} bbox
 * @property {number} score
 * @property {string} class
 * @property {string} outcome
 * @property {number} [track_id]
 * @property {string} [reason]
 *
 * @typedef {object} TracksMessage
 * @property {"tracks"} type
 * @property {string} stream
 * @property {number} epoch
 * @property {number} seq
 * @property {number | null} capture_ts
 * @property {number} width
 * @property {number} height
 * @property {number} dropped_since_last
 * @property {TrackRow[]} tracks
 * @property {Timing} timing_ms
 * @property {boolean} [predicted]   the detector did not look at this frame
 * @property {number} [missed]
 * @property {number} [received_at]  when the service got the frame, in seconds since 1970
 * @property {number} [sent_at]      when its answer was ready
 * @property {Counts} [counts]       where the stream counts
 * @property {DetectionRow[]} [detections]  where they were asked for
 *
 * @typedef {{type: "hello", stream: string | null, epoch: number, credit: number, next_seq: number}} HelloMessage
 * @typedef {{type: "drop", stream: string, epoch: number, seq: number, reason: string}} DropMessage
 * @typedef {object} EventMessage
 * @property {"event"} type
 * @property {string} event           its kind
 * @property {string} stream
 * @property {number} epoch
 * @property {string} detail
 * @property {number} [id]            counts the events of the server
 * @property {number} [at]            seconds since 1970
 * @property {number} [track_id]
 * @property {string} [class]
 * @property {string} [zone]
 * @property {string} [line]
 * @property {"forward" | "backward"} [direction]
 * @property {number} [dwell_s]
 * @property {string} [concern]       what a `health` event is about
 *
 * @typedef {object} TrackStoryView   what the server has kept of one track
 * @property {number} track_id
 * @property {string} class
 * @property {string} state
 * @property {number} first_seq
 * @property {number} first_pts       seconds of media time
 * @property {number} last_seq
 * @property {number} age_s
 * @property {{seq: number, pts: number, score: number, bbox: number[], detail: string} | null} born
 * @property {[number, number, number, number][]} points  pts, x, y, score
 * @property {[number, number, number, number]} bbox
 * @property {string[]} zones
 * @property {number} gaps
 *
 * @typedef {{type: "error", title: string, status: number, detail: string, seq?: number}} ErrorMessage
 * @typedef {{type: "bye" | "ack"}} OtherMessage
 * @typedef {HelloMessage | TracksMessage | DropMessage | EventMessage | ErrorMessage | OtherMessage} ServerMessage
 *
 * @typedef {object} Books           received = tracked + dropped + rejected + in_flight
 * @property {number} received
 * @property {number} tracked
 * @property {number} dropped
 * @property {number} rejected
 * @property {number} in_flight
 *
 * @typedef {object} StreamView
 * @property {string} stream
 * @property {number} epoch
 * @property {number | null} seq
 * @property {number | null} width
 * @property {number | null} height
 * @property {number} tracks         tracks in the newest frame
 * @property {number} ids            identities given out in this epoch
 * @property {number} fps
 * @property {number | null} latency_ms
 * @property {number} readers
 * @property {Books} accounts
 * @property {Source | null} source
 * @property {Record<string, number>} [drops]  dropped frames by reason
 * @property {Vitals | null} [vitals]
 * @property {Record<string, any>} settings
 * @property {string[]} given        names of the settings that were said; all others are defaults
 *
 * @typedef {object} Source           what the server reads by itself; the address without credentials
 * @property {string} url
 * @property {string} state           connecting, live, stalled, failed or ended
 * @property {string} detail
 * @property {number} [since_s]
 * @property {number} [attempts]      since it was live last
 * @property {number} [connects]      that came to a frame
 * @property {number | null} [retry_in_s]
 * @property {string | null} [codec]
 * @property {string | null} [decoder]
 *
 * @typedef {object} Vitals           how well tracking does, as far as that shows without truth
 * @property {number} span_s
 * @property {number} frames
 * @property {number | null} churn
 * @property {number | null} mean_length_s
 * @property {number | null} fragments
 * @property {number | null} margin
 * @property {number | null} jitter
 * @property {number | null} score
 * @property {number | null} score_drift
 * @property {Concern[]} concerns
 *
 * @typedef {object} Concern
 * @property {string} concern         names it, `short_lives`
 * @property {string} detail          says it in words
 * @property {string[]} settings      that may help, as `tracker.track_thresh`
 * @property {number} since_pts
 *
 * @typedef {{name: string, loaded: boolean, provider: string | null, [key: string]: any}} ModelView
 * @typedef {{ready: boolean, checks: Record<string, string>, devices?: Record<string, string>}} Health
 *
 * @typedef {object} Shown           one picture and the answer that belongs to that very frame
 * @property {ImageBitmap | null} image
 * @property {TracksMessage | null} message
 *
 * @typedef {object} Feed            where a viewport gets its frames from
 * @property {() => Shown | null} take  the next frame to show, or null when nothing has changed; frees the one before
 * @property {import("./model/trails.js").Trails} trails
 * @property {boolean} visible
 *
 * @typedef {{boxes: boolean, labels: boolean, trails: boolean, zones: boolean}} Layers
 */
export {};
