"""Count who is in a zone and who crosses a line, in a video that is sent or in a stream that the service has already.

Points are fractions of the picture's sides: 0,0 is its upper left corner.
"""

import argparse
import contextlib

from app.client import Client, ClientError, EventMessage, Message

KINDS = ["zone_enter", "zone_exit", "line_cross"]


def points(text: str) -> list[list[float]]:
    """The points of 'x,y x,y'."""
    return [[float(number) for number in point.split(",")] for point in text.split()]


def show(event: Message) -> None:
    """One line for one event."""
    if isinstance(event, EventMessage):
        where = event.zone or f"{event.line} {event.direction}"
        print(f"{event.pts:8.2f} s  {event.event}  {where}  {event.class_name} {event.track_id}", flush=True)


def count_file(client: Client, stream: str, file: str, drawn: dict[str, object]) -> None:
    """Send a video, and show what happened in it."""
    before = client.events(streams=stream, limit=1).next_cursor
    for _ in client.track_file(file, stream_id=stream, settings={"counting": drawn}):
        pass
    while (page := client.events(streams=stream, events=KINDS, since=before)).items:
        for event in page.items:
            show(event)
        before = page.next_cursor


def main() -> None:
    """Draw, count and show."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--server", default="http://127.0.0.1:8000", help="address of the service")
    parser.add_argument("--stream", default="counting", help="id of the stream")
    parser.add_argument("--file", help="a video to send; default: read along until Ctrl-C")
    parser.add_argument("--zone", type=points, default="0,0.5 1,0.5 1,1 0,1", help="corners: 'x,y x,y x,y'")
    parser.add_argument("--line", type=points, default="0.5,0 0.5,1", help="start and end: 'x,y x,y'")
    given = parser.parse_args()
    line = dict(zip(("start", "end"), given.line, strict=True))
    drawn: dict[str, object] = {"zones": {"zone": {"points": given.zone}}, "lines": {"line": line}}
    with Client(given.server) as client:
        with contextlib.suppress(KeyboardInterrupt):
            if given.file:
                count_file(client, given.stream, given.file, drawn)
            else:
                client.patch_stream(given.stream, {"counting": drawn})
                for event in client.subscribe(streams=given.stream, messages="events", events=KINDS):
                    show(event)
        counts = client.counts(given.stream)
    for name, zone in counts.zones.items():
        print(f"{name}: {zone.occupancy} in it, {zone.entered} entered, {zone.exited} left")
    for name, crossed in counts.lines.items():
        print(f"{name}: {crossed.forward} forward, {crossed.backward} backward")


if __name__ == "__main__":
    try:
        main()
    except ClientError as error:
        raise SystemExit(f"counting: {error}") from None
