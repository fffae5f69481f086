"""`--camera NAME=ADDRESS`: a stream whose source the operator names, and so allows, on the command line."""

import re
from collections.abc import Sequence
from ipaddress import ip_address, ip_network
from pathlib import Path
from urllib.parse import quote

from app.settings import STREAM_ID_PATTERN, Settings, SettingsError, StreamSettings
from app.source_settings import SourcePolicy, SourceScheme
from app.sources import SourceError
from app.sources.addresses import Resolve, shown, system_resolver
from app.sources.special_networks import PRIVATE
from app.sources.url_parts import DEFAULT_PORTS, network_parts, plain_text

KINDS: tuple[SourceScheme, ...] = ("rtsp", "rtsps", "http", "https")
FORM = "write --camera NAME=ADDRESS, as in --camera yard=rtsp://10.0.0.7/stream1"


def with_cameras(settings: Settings, cameras: Sequence[str], resolve: Resolve = system_resolver) -> Settings:
    """The settings with a stream for each `NAME=ADDRESS`, and with what it needs to be read.

    That is its kind, the private addresses that its host has now, and of a file the folder that it lies in. Loopback,
    link-local and other addresses that are never read from stay forbidden. A file is read again and again, as a camera
    goes on.

    Raises:
        SettingsError: no such form, a name that is taken or cannot be one, or an address that cannot be read; the
            message shows no credentials.
    """
    streams, policy = dict(settings.streams), settings.sources
    named: set[str] = set()
    for camera in cameras:
        name, sign, given = camera.partition("=")
        if not sign or not given or not re.fullmatch(STREAM_ID_PATTERN, name):
            raise SettingsError(f"--camera: {shown(camera)!r} is no name and address; {FORM}")
        if name in named:
            raise SettingsError(f"--camera: {name} is given twice")
        named.add(name)
        try:
            policy, source = _allowed(policy, given, resolve)
        except SourceError as error:
            raise SettingsError(f"--camera {name}: {error}") from None
        values = streams.get(name, settings.stream).model_dump(exclude_unset=True)
        streams[name] = StreamSettings.model_validate({**values, "source": {**(values.get("source") or {}), **source}})
    return settings.model_copy(update={"streams": streams, "sources": policy})


def _allowed(policy: SourcePolicy, given: str, resolve: Resolve) -> tuple[SourcePolicy, dict[str, object]]:
    """The policy that lets an address be read, and the source's settings."""
    scheme = given.partition(":")[0].lower()
    if scheme == "demo":
        return _widened(policy, "demo"), {"url": given}
    if scheme in DEFAULT_PORTS:
        parts = network_parts(plain_text(given))
        literal = parts.literal
        found = [str(literal)] if literal else _resolved(parts.host, parts.port, resolve)
        private = [ip for ip in found if any(ip_address(ip) in network for network in PRIVATE)]
        networks = [*policy.networks, *(str(ip_network(ip)) for ip in private)]
        kind = next(known for known in KINDS if known == scheme)
        return _widened(policy, kind, networks=tuple(dict.fromkeys(networks))), {"url": given}
    return _with_file(policy, Path(given.removeprefix("file:")))


def _resolved(host: str, port: int, resolve: Resolve) -> Sequence[str]:
    """Where the name leads now; a camera that is not known yet may be later."""
    try:
        return resolve(host, port)
    except SourceError:
        return ()


def _with_file(policy: SourcePolicy, given: Path) -> tuple[SourcePolicy, dict[str, object]]:
    base = policy.folder
    kind, sign, _ = str(given).partition(":")
    if sign and re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]+", kind) and not given.exists():
        kinds = ", ".join(KINDS)
        raise SourceError(f"{kind}: is no kind of address; there are {kinds}, file and demo")
    path = given if base is None or given.exists() else base / given
    if not path.exists():
        raise SourceError(f"there is no file or folder at {given}, and it is no address as rtsp://10.0.0.7/stream1")
    path = path.resolve()
    folder = path.parent if base is None else base.resolve()
    if not path.is_relative_to(folder) or path == folder:
        raise SourceError(f"{given} does not lie below {folder}; sources.folder names the one folder for all")
    url = f"file:{quote(str(path.relative_to(folder)))}"
    return _widened(policy, "file", folder=folder), {"url": url, "loop": True}


def _widened(policy: SourcePolicy, scheme: SourceScheme, **more: object) -> SourcePolicy:
    schemes = tuple(dict.fromkeys([*policy.schemes, scheme]))
    return SourcePolicy.model_validate({**policy.model_dump(), **more, "schemes": schemes})
