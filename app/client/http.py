"""Single calls over HTTP: answers as typed values, refusals as errors, `Retry-After` honoured."""

import asyncio
import time
from collections.abc import Mapping
from typing import Any, TypeVar, overload

import httpx
import msgspec

from app.client.address import Address
from app.client.errors import ClientError, refusal
from app.client.sockets import unreachable

T = TypeVar("T")
_COME_AGAIN = frozenset({429, 503})


class Http:
    """Calls to one service over connections that are kept open."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self._client = httpx.AsyncClient(
            base_url=address.base,
            headers={**address.headers, "User-Agent": address.user_agent},
            timeout=address.timeout_s,
            verify=True if address.tls is None else address.tls,
        )

    async def close(self) -> None:
        """Let the connections go. Idempotent."""
        await self._client.aclose()

    @overload
    async def call(self, method: str, path: str, into: type[T], **request: Any) -> T: ...
    @overload
    async def call(self, method: str, path: str, into: None = None, **request: Any) -> bytes: ...
    async def call(self, method: str, path: str, into: Any = None, **request: Any) -> Any:
        """The answer as `into`, or as it is.

        A refusal that says when to come again is tried again as long as the waits fit into the timeout.

        Args:
            method: GET, PUT and so on.
            path: below the service's URL.
            into: what the JSON of the answer is read as; None: its bytes are returned.
            request: `params`, `content`, `headers`, `wait_s` (how long the service may wait before it answers), `also`
                (statuses beside 2xx that are answers).

        Raises:
            Unreachable: nobody answers there, or not in time.
            ClientError: a refusal, or an answer that is not the service's.
        """
        answer = await self._patiently(method, path, request)
        if into is None:
            return answer.content
        try:
            return msgspec.json.decode(answer.content, type=into)
        except msgspec.DecodeError as error:
            detail = f"{answer.url} answered what no trackd says: {error}"
            raise ClientError(detail, status=answer.status_code) from None

    async def _patiently(self, method: str, path: str, request: Mapping[str, Any]) -> httpx.Response:
        until = time.monotonic() + self._address.timeout_s
        while True:
            try:
                return await self._once(method, path, **request)
            except ClientError as error:
                wait_s = error.retry_after_s
                if error.status not in _COME_AGAIN or wait_s is None or time.monotonic() + wait_s > until:
                    raise
            await asyncio.sleep(wait_s)

    async def _once(
        self, method: str, path: str, wait_s: float = 0.0, also: tuple[int, ...] = (), **request: Any
    ) -> httpx.Response:
        given = {name: str(value) for name, value in (request.pop("params", None) or {}).items() if value is not None}
        timeout_s = self._address.timeout_s + wait_s
        try:
            async with asyncio.timeout(timeout_s):  # httpx bounds each step of a call, not the whole
                answer = await self._client.request(method, path, params=given, timeout=timeout_s, **request)
        except TimeoutError as error:
            raise unreachable(self._address.base + path, error) from None
        except httpx.TimeoutException:
            raise unreachable(self._address.base + path, TimeoutError()) from None
        except (httpx.TransportError, httpx.InvalidURL) as error:
            raise unreachable(self._address.base + path, error) from None
        if answer.is_success or answer.status_code in also:
            return answer
        what = f"{method} {answer.url}"
        raise refusal(answer.status_code, answer.content, answer.headers.get("Retry-After"), what)
