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
 *
 * @typedef {object} ZoneCount       since the epoch began, or since the counts were reset
 * @property {number} occupancy      tracks in it now
 * @property {number} entered
 * @property {number} exited
 * @property {number | null} dwell_s  mean of those that left
 * @property {Record<string, number>} by_class  of those that entered
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
 * @property {Counts} [counts]       where the stream counts
 * @property {DetectionRow[]} [detections]  where they were asked for
 *
 * @typedef {{type: "hello", stream: string | null, epoch: number, credit: number, next_seq: number}} HelloMessage
 * @typedef {{type: "drop", stream: string, epoch: number, seq: number, reason: string}} DropMessage
 * @typedef {{type: "event", event: string, stream: string, epoch: number, detail: string}} EventMessage
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
 * @property {{url: string, state: string, detail: string} | null} source
 * @property {Record<string, any>} settings
 * @property {string[]} given        names of the settings that were said; all others are defaults
 *
 * @typedef {{name: string, loaded: boolean, provider: string | null, [key: string]: any}} ModelView
 * @typedef {{ready: boolean, checks: Record<string, string>}} Health
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
