"""Health of tracking over real sockets: vitals, events and metrics of a stream that goes wrong."""

import httpx

from tests.api.live_service import serving


async def send(http: httpx.AsyncClient, times: list[float]) -> None:
    for number, at in enumerate(times):
        x = 10.0 + number % 20
        body = {
            "width": 400,
            "height": 300,
            "capture_ts": round(at, 3),
            "detections": [{"bbox": [x, 20, x + 60, 140], "score": 0.9}],
        }
        assert (await http.post("/v1/streams/cam/detections", json=body)).status_code == 200


def uneven(count: int, start: float = 0.0) -> list[float]:
    return [start + 0.7 * (number // 3) + 0.1 * (number % 3) for number in range(count)]


async def test_a_stream_tells_what_looks_wrong_as_vitals_as_an_event_and_as_a_metric():
    async with serving() as service:
        await send(service.http, uneven(140))
        view = (await service.http.get("/v1/streams/cam")).json()
        vitals = view["vitals"]
        assert vitals["frames"] == 140
        assert 31 < vitals["span_s"] < 33
        assert vitals["score"] == 0.9
        assert vitals["churn"] < 0.1
        assert vitals["score_drift"] is None
        [concern] = vitals["concerns"]
        assert concern["concern"] == "jitter"
        assert "frames come unevenly" in concern["detail"]
        assert concern["settings"] == ["max_fps"]
        events = (await service.http.get("/v1/events?events=health")).json()["items"]
        assert [(event["concern"], event["detail"]) for event in events] == [("jitter", concern["detail"])]
        told = (await service.http.get("/metrics")).text
        assert 'trackd_concerns{concern="jitter",stream="cam"} 1.0' in told
        assert 'trackd_concerns{concern="blind",stream="cam"} 0.0' in told
        assert 'trackd_detection_score_count{stream="cam"} 139.0' in told
        assert 'trackd_detection_score_bucket{le="0.8",stream="cam"} 0.0' in told


async def test_new_settings_take_a_concern_back_and_a_reset_begins_anew():
    async with serving() as service:
        await send(service.http, uneven(140))
        change = {"tracker": {"track_thresh": 0.4}}
        assert (await service.http.patch("/v1/streams/cam", json=change)).status_code == 200
        await send(service.http, [100.0])
        vitals = (await service.http.get("/v1/streams/cam")).json()["vitals"]
        assert vitals["concerns"] == []
        assert vitals["frames"] == 1
        events = (await service.http.get("/v1/events?events=health")).json()["items"]
        assert [event["concern"] for event in events] == ["jitter", "jitter"]
        assert events[-1]["detail"] == "gone: settings changed, and it is looked at anew"
        assert (await service.http.post("/v1/streams/cam/reset")).status_code == 200
        assert (await service.http.get("/v1/streams/cam")).json()["vitals"] is None


async def test_a_stream_without_frames_has_no_vitals():
    async with serving() as service:
        assert (await service.http.put("/v1/streams/cam", json={})).status_code == 201
        assert (await service.http.get("/v1/streams/cam")).json()["vitals"] is None
        assert 'trackd_track_churn{stream="cam"}' not in (await service.http.get("/metrics")).text
