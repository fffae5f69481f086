"""Messages as POST requests, signed as Standard Webhooks has it."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from secrets import token_hex

import httpx

from app.publish_settings import WebhookSettings
from app.publishing.link import Link, Unreachable, Unwanted
from app.publishing.parcel import Parcel
from app.publishing.signing import key_of, signed
from app.publishing.trust import trusting
from app.wire import TracksMessage

LANES = 8
"""Requests at once, each of another stream: those of one stream follow each other."""
WORTH_ANOTHER = frozenset({408, 409, 425, 429})
GONE = 410
_ANSWER_BYTES = 64 * 1024  # read so that the connection can be used again; nothing of it is looked at
_BATCH_BYTES = 256 * 1024


class Webhook:
    """Events one by one, tracks that wait for each other together. No redirect is followed, no proxy is used."""

    greets = False

    def __init__(self, settings: WebhookSettings) -> None:
        self.retry_s: float | None = settings.retry_s
        self.gather_s = settings.gather_s if "tracks" in settings.messages else 0.0
        self._settings = settings
        secrets = [settings.secret] + ([settings.old_secret] if settings.old_secret else [])
        self._keys = [key_of(secret.get_secret_value()) for secret in secrets]
        headers = {"User-Agent": f"trackd/{version('trackd')}", "Content-Type": "application/json"}
        self._client = httpx.AsyncClient(
            headers=headers | {name: value.get_secret_value() for name, value in settings.headers.items()},
            verify=trusting(settings),
            timeout=settings.timeout_s,
            limits=httpx.Limits(max_connections=LANES, max_keepalive_connections=LANES),
            follow_redirects=False,
            trust_env=False,
        )

    @asynccontextmanager
    async def link(self) -> AsyncIterator[Link]:
        """Nothing has to be opened: connections are made by requests, and kept for the next."""
        yield _Posting(self._client, self._settings, self._keys)

    async def close(self) -> None:
        """Close every connection. Idempotent."""
        await self._client.aclose()


class _Posting:
    def __init__(self, client: httpx.AsyncClient, settings: WebhookSettings, keys: list[bytes]) -> None:
        self.refusal: str | None = None
        self._client = client
        self._settings = settings
        self._keys = keys

    async def watch(self) -> None:
        await asyncio.Event().wait()

    async def send(self, parcels: list[Parcel]) -> None:
        """One lane for each stream. Where one has to be tried again the others still go on to their ends."""
        self.refusal = None
        lanes: dict[str, list[Parcel]] = {}
        for parcel in parcels:
            lanes.setdefault(parcel.message.stream, []).append(parcel)
        room = asyncio.Semaphore(LANES)
        results = await asyncio.gather(*(self._lane(lane, room) for lane in lanes.values()), return_exceptions=True)
        failures = [result for result in results if result is not None]
        for failure in sorted(failures, key=lambda error: not isinstance(error, Unwanted)):
            raise failure

    async def _lane(self, parcels: list[Parcel], room: asyncio.Semaphore) -> None:
        for mark, together in _requests(parcels):
            async with room:
                refusal = await self._post(mark, _body(together))
            self.refusal = refusal or self.refusal
            for parcel in together:
                parcel.outcome = "failed" if refusal else "sent"

    async def _post(self, mark: str, body: bytes) -> str | None:
        """Why the target refuses this for good, None where it has taken it. Raises Unreachable, Unwanted."""
        headers = signed(self._keys, mark, int(time.time()), body)
        answer: httpx.Response | None = None
        try:
            async with (
                asyncio.timeout(self._settings.timeout_s),
                self._client.stream("POST", self._settings.url, content=body, headers=headers) as answer,
            ):
                await _read_out(answer)
        except (TimeoutError, httpx.TimeoutException):
            if answer is None:
                raise Unreachable(f"no answer within {self._settings.timeout_s:g} s") from None
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            if answer is None:
                raise Unreachable(_told(error)) from None
        assert answer is not None, "neither an answer nor an error"
        return _judged(answer)


def _judged(answer: httpx.Response) -> str | None:
    status = answer.status_code
    if answer.is_success:
        return None
    told = f"it answered {status} {answer.reason_phrase[:64]}".rstrip()
    if status == GONE:
        raise Unwanted(f"{told}; nothing more is sent until the service is started anew")
    if answer.is_client_error and status not in WORTH_ANOTHER:
        return told
    if answer.is_redirect:
        told += "; redirects are not followed"
    raise Unreachable(told, _retry_after_s(answer.headers.get("retry-after", "")))


def _retry_after_s(text: str) -> float:
    """RFC 9110, section 10.2.3: seconds, or a date. What is neither says nothing."""
    if text.isascii() and text.isdecimal():
        return float(text[:10])
    try:
        return max(0.0, (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return 0.0


def _requests(parcels: Iterable[Parcel]) -> Iterator[tuple[str, list[Parcel]]]:
    """Parcels that go in one request, and its id: an event alone, tracks up to so many bytes.

    What went together once goes together again: the id tells a receiver that it may know all of it already.
    """
    together: list[Parcel] = []
    for parcel in parcels:
        if together and not _fits(parcel, together):
            yield _marked(together)
            together = []
        together.append(parcel)
    if together:
        yield _marked(together)


def _fits(parcel: Parcel, together: list[Parcel]) -> bool:
    if not all(isinstance(each.message, TracksMessage) for each in (parcel, together[0])):
        return False
    if parcel.mark is not None or together[0].mark is not None:
        return parcel.mark == together[0].mark
    return sum(len(each.body) for each in together) + len(parcel.body) <= _BATCH_BYTES


def _marked(together: list[Parcel]) -> tuple[str, list[Parcel]]:
    mark = together[0].mark or f"msg_{token_hex(16)}"
    for parcel in together:
        parcel.mark = mark
    return mark, together


def _body(together: list[Parcel]) -> bytes:
    if not isinstance(together[0].message, TracksMessage):
        return together[0].body
    return b'{"type":"tracks_list","items":[' + b",".join(parcel.body for parcel in together) + b"]}"


async def _read_out(answer: httpx.Response) -> None:
    size = 0
    async for chunk in answer.aiter_raw():
        size += len(chunk)
        if size > _ANSWER_BYTES:
            return


def _told(error: Exception) -> str:
    """In words that hold no address: httpx puts some in."""
    if isinstance(error, httpx.ConnectError):
        return f"cannot connect: {_root(error)}"
    if isinstance(error, httpx.RemoteProtocolError):
        return f"no answer of HTTP: {str(error)[:160]}"
    return f"the connection broke off ({type(error).__name__})"


def _root(error: BaseException) -> str:
    """What is behind it all: libraries wrap what the system says several times."""
    while (cause := error.__cause__ or error.__context__) is not None:
        error = cause.exceptions[0] if isinstance(cause, BaseExceptionGroup) else cause
    if isinstance(error, ConnectionError) and error.errno:
        return os.strerror(error.errno)  # asyncio has other words for it, with the address
    return (getattr(error, "strerror", None) or str(error) or type(error).__name__)[:160]
