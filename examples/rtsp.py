"""Let the service read a camera by itself, and print what happens as it comes.

The operator must allow it: TRACKD_SOURCES__SCHEMES='["rtsp"]' and, for cameras in your own network,
TRACKD_SOURCES__NETWORKS='["192.168.1.0/24"]'. `demo:?seed=1` always works.
"""

import argparse
from datetime import datetime

from app.client import Client, ClientError, EventMessage


def told(event: EventMessage) -> str:
    """One line for one event."""
    when = datetime.fromtimestamp(event.at or 0).astimezone().strftime("%H:%M:%S")
    who = f" {event.class_name} {event.track_id}" if event.track_id else ""
    return f"{when} {event.stream} {event.event}{who} {event.detail}".rstrip()


def main() -> None:
    """Open the stream, and follow its events until Ctrl-C."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url", help="for example rtsp://user:secret@192.168.1.7/stream1")
    parser.add_argument("--server", default="http://127.0.0.1:8000", help="address of the service")
    parser.add_argument("--stream", default="camera", help="id of the stream")
    parser.add_argument("--events", type=int, help="end after so many events")
    parser.add_argument("--keep", action="store_true", help="let the service go on reading at the end")
    arguments = parser.parse_args()
    with Client(arguments.server) as client:
        since = client.events(limit=1).next_cursor
        client.put_stream(arguments.stream, {"source": {"url": arguments.url}, "counting": {"track_events": True}})
        seen = 0
        try:
            while arguments.events is None or seen < arguments.events:
                page = client.events(streams=arguments.stream, since=since, limit=arguments.events, wait_s=20)
                print(*map(told, page.items), sep="\n", end="\n" if page.items else "", flush=True)
                since, seen = page.next_cursor, seen + len(page.items)
        finally:
            if not arguments.keep:
                client.delete(arguments.stream)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
    except ClientError as error:
        raise SystemExit(f"rtsp: {error}") from None
