import os
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.source_settings import SourcePolicy
from app.sources import SourceError
from app.sources.addresses import Addresses, shown

OPEN = SourcePolicy(schemes=("demo", "rtsp", "rtsps", "http", "https"), networks=("0.0.0.0/0", "::/0"))
PUBLIC = OPEN.model_copy(update={"networks": ()})

_NEVER = """
0.0.0.0 0.1.2.3 127.0.0.1 127.255.255.254 169.254.169.254 169.254.0.1 192.0.0.192 192.0.2.1 192.88.99.1 198.18.0.1
198.51.100.7 203.0.113.7 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255 100.100.100.200 168.63.129.16
:: ::1 ::127.0.0.1 ::10.0.0.1 ::ffff:127.0.0.1 ::ffff:169.254.169.254 ::ffff:0:127.0.0.1 64:ff9b::127.0.0.1
64:ff9b::10.0.0.1 64:ff9b::169.254.169.254 64:ff9b:1::8.8.8.8 100::1 100:0:0:1::1 2001::1 2001:2::1 2001:10::1
2001:0:4136:e378:8000:63bf:3fff:fdd2 2001:20::1 2001:db8::1 2002:7f00:1:: 2002:808:808::1 3fff::1 4000::1 5f00::1
fe80::1 fe80::1%eth0 fec0::1 ff02::1 fd00:ec2::254 fd20:ce::254
"""
_PRIVATE = "10.0.0.7 172.16.0.1 172.31.255.255 192.168.1.1 100.64.0.1 fd00::7 fc00::1 ::ffff:10.0.0.7"
_FREE = "8.8.8.8 172.32.0.1 11.0.0.1 100.128.0.1 2606:4700::1111 2a00:1450::1 64:ff9b::808:808 ::ffff:8.8.8.8"
_NUMBERS = "2130706433 0x7f.1 0177.0.0.1 127.1 0x7f000001 127.0.0.1. 1.2.3 256.1.1.1 10.0.0.07"
NEVER, PRIVATE, FREE, NUMBERS = _NEVER.split(), _PRIVATE.split(), _FREE.split(), _NUMBERS.split()
NAT64 = ip_network("64:ff9b::/96")


def leading_to(*ips: str, policy: SourcePolicy = OPEN) -> Addresses:
    return Addresses(policy, resolve=lambda host, port: list(ips))


def refusal(addresses: Addresses, url: str) -> str:
    with pytest.raises(SourceError) as caught:
        addresses.allowed(url)
    return caught.value.detail


def written(ip: str) -> str:
    return f"rtsp://[{ip}]/live" if ":" in ip else f"rtsp://{ip}/live"


@pytest.mark.parametrize("ip", NEVER)
def test_no_network_of_the_operator_opens_what_is_never_read_from(ip: str) -> None:
    assert "is not read from" in refusal(leading_to(ip), "rtsp://camera.example/live")
    assert refusal(leading_to(), written(ip))


@pytest.mark.parametrize("ip", PRIVATE)
def test_a_private_address_is_read_from_only_in_a_network_that_is_named(ip: str) -> None:
    named = SourcePolicy(schemes=("rtsp",), networks=("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"))
    named = named.model_copy(update={"networks": (*named.networks, "fc00::/7")})
    assert leading_to(ip, policy=named).allowed("rtsp://camera/live").ips
    assert "sources.networks names those" in refusal(leading_to(ip, policy=PUBLIC), "rtsp://camera/live")


@pytest.mark.parametrize("ip", FREE)
def test_a_public_address_needs_no_network(ip: str) -> None:
    address = leading_to(ip, policy=PUBLIC).allowed("rtsp://camera.example/live")
    assert address.ips == (ip.removeprefix("::ffff:"),)


@pytest.mark.parametrize("host", NUMBERS)
def test_a_host_that_looks_like_a_number_is_four_decimal_numbers(host: str) -> None:
    for url in (f"rtsp://{host}/", f"http://{host}:8080/", f"https://user:word@{host}/x"):
        assert "no IPv4 address" in refusal(leading_to("8.8.8.8"), url)


def test_every_address_of_a_name_has_to_pass() -> None:
    assert "leads to 127.0.0.1" in refusal(leading_to("8.8.8.8", "127.0.0.1"), "rtsp://camera.example/")
    assert "has no address" in refusal(leading_to(), "rtsp://camera.example/")
    assert "no address" in refusal(leading_to("eight"), "rtsp://camera.example/")


def test_a_name_is_asked_anew_each_time_and_what_was_checked_is_what_is_opened() -> None:
    answers: list[Sequence[str]] = [["8.8.8.8", "2606:4700::1"], ["127.0.0.1"]]
    addresses = Addresses(PUBLIC, resolve=lambda host, port: answers.pop(0))
    first = addresses.allowed("rtsp://user:word@camera.example:8554/live?channel=1")
    assert first.open_url == "rtsp://user:word@8.8.8.8:8554/live?channel=1"
    assert first.ips == ("8.8.8.8", "2606:4700::1")
    assert "127.0.0.1" in refusal(addresses, "rtsp://user:word@camera.example:8554/live?channel=1")


def test_a_secure_address_keeps_its_name_for_the_certificate() -> None:
    address = leading_to("8.8.8.8").allowed("https://camera.example/live.mjpeg")
    assert address.parts is not None
    assert (address.parts.host, address.ips, address.verify) == ("camera.example", ("8.8.8.8",), True)


def test_nothing_is_resolved_when_a_stream_is_put() -> None:
    def unasked(host: str, port: int) -> Sequence[str]:
        raise AssertionError(host)

    addresses = Addresses(PUBLIC, resolve=unasked)
    assert addresses.parse("rtsp://camera.example/live").ips == ()
    with pytest.raises(SourceError, match="private"):
        addresses.parse("rtsp://10.0.0.7/live")


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("", "does not begin with its kind"),
        ("camera.example/live", "does not begin with its kind"),
        ("gopher://camera.example/", "of that kind are not allowed"),
        ("user:word@camera.example", "of that kind are not allowed"),
        ("file:street.mp4", "of kind 'file' are not allowed"),
        ("rtsp:camera.example/live", "must be followed by //"),
        ("rtsp:///live", "names no host"),
        ("rtsp://user:word@/live", "names no host"),
        ("rtsp://camera.example:live/", "cannot be read"),
        ("rtsp://camera.example:99999/", "cannot be read"),
        ("rtsp://camera.example:0/", "port 0 belongs"),
        ("rtsp://camera.example:22/", "port 22 belongs"),
        ("http://camera.example:6379/", "port 6379 belongs"),
        ("rtsp://camera.example/a b", "percent-encoded"),
        ("rtsp://camera.example/a\r\nSETUP", "percent-encoded"),
        ("rtsp://camera.example\\@10.0.0.1/", "percent-encoded"),
        ("rtsp://camera.example/\0", "percent-encoded"),
        ("rtsp://kamera\u3002example/", "percent-encoded"),
        ("rtsp://camera.example/#@10.0.0.1", "holds a #"),
        ("rtsp://user:wo/rd@camera.example/", "cannot be read"),
        ("rtsp://[fe80::1%25eth0]/", "zone id"),
        ("rtsp://[::1", "cannot be read"),
        ("rtsp://[v1.x]/", "no IPv6 address"),
        ("rtsp://::1/", "cannot be read"),
        ("rtsp://a..b/", "is no name"),
        ("rtsp://camera%2eexample/", "is no name"),
        ("rtsp://***@camera.example/", "give them once more"),
        ("rtsp://" + "a" * 2048, "more than 2048"),
        ("demo:?speed=9", "unknown key 'speed'"),
    ],
)
def test_an_address_that_two_parsers_could_read_in_two_ways_is_refused(url: str, says: str) -> None:
    assert says in refusal(leading_to("8.8.8.8"), url)


@given(st.text(min_size=1), st.text(min_size=1), st.sampled_from(["/live", "/live?channel=1", "/a@b/c"]))
def test_whatever_a_password_holds_it_is_found_again_and_never_shown(user: str, password: str, target: str) -> None:
    user, password = f"Zu{user}uZ"[:80], f"Zq{password}qZ"[:80]
    url = f"rtsp://{quote(user, '', None, 'replace')}:{quote(password, '', None, 'replace')}@cam.example{target}"
    address = leading_to("8.8.8.8").allowed(url)
    assert address.parts is not None
    assert (address.parts.user, address.parts.password) == (_sent(user), _sent(password))
    told = address.masked(f"cannot open {address.open_url}: {password}")
    for text in (address.shown, repr(address), shown(url), told):
        assert "Zq" not in text
        assert "Zu" not in text
    assert address.shown == shown(url) == f"rtsp://***@cam.example{target}"


@given(st.one_of(st.integers(0, 2**32 - 1).map(IPv4Address), st.integers(0, 2**128 - 1).map(IPv6Address)))
def test_what_is_let_pass_is_unicast_and_belongs_to_nobody_in_particular(ip: IPv4Address | IPv6Address) -> None:
    addresses = leading_to(str(ip), policy=PUBLIC)
    try:
        address = addresses.allowed("rtsp://camera.example/")
    except SourceError:
        return
    end = ip_address(address.ips[0])
    inner = IPv4Address(int(end) & 0xFFFFFFFF) if end in NAT64 else end
    assert inner.is_global
    assert not inner.is_multicast
    assert not inner.is_reserved


@given(st.text(max_size=80), st.sampled_from(["rtsp", "http", "https", "rtsps", "demo", ""]))
def test_any_text_is_an_address_or_is_refused_in_words(text: str, scheme: str) -> None:
    try:
        address = leading_to("8.8.8.8").allowed(f"{scheme}://{text}")
    except SourceError as error:
        told = error.detail
    else:
        told = address.shown
        assert not address.parts or address.ips == ("8.8.8.8",) or address.parts.literal
    assert told.isprintable()


def test_the_service_asks_the_system_what_a_name_means() -> None:
    assert Addresses(PUBLIC).allowed("rtsp://8.8.8.8/live").open_url == "rtsp://8.8.8.8:554/live"
    assert "nowhere.invalid cannot be resolved" in refusal(Addresses(PUBLIC), "rtsp://nowhere.invalid/live")
    assert "leads to" in refusal(Addresses(OPEN), "rtsp://localhost/live")


class TestFiles:
    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        inner = tmp_path / "videos"
        (inner / "night").mkdir(parents=True)
        for path in (tmp_path / "secret.mp4", inner / "street.mp4", inner / "night" / "a b#1.mp4"):
            path.write_bytes(b"x")
        (inner / "out.mp4").symlink_to(tmp_path / "secret.mp4")
        (inner / "in.mp4").symlink_to(inner / "street.mp4")
        (inner / "loop").symlink_to(inner / "loop")
        (inner / "leak").mkdir()
        (inner / "leak" / "1.jpg").symlink_to(tmp_path / "secret.mp4")
        os.mkfifo(inner / "pipe.mp4")
        return inner

    @pytest.mark.parametrize(
        ("name", "path"),
        [
            ("file:street.mp4", "street.mp4"),
            ("FILE:street.mp4", "street.mp4"),
            ("file:night", "night"),
            ("file:night/a%20b%231.mp4", "night/a b#1.mp4"),
            ("file:in.mp4", "street.mp4"),
            ("file://{folder}/street.mp4", "street.mp4"),
            ("file://localhost{folder}/street.mp4", "street.mp4"),
        ],
    )
    def test_what_lies_below_the_folder_is_read(self, folder: Path, name: str, path: str) -> None:
        addresses = Addresses(SourcePolicy(schemes=("file",), folder=folder))
        assert addresses.allowed(name.format(folder=folder)).path == folder.resolve() / path

    @pytest.mark.parametrize(
        ("url", "says"),
        [
            ("file:../secret.mp4", "without '..'"),
            ("file:%2e%2e/secret.mp4", "without '..'"),
            ("file:night/..%2F..%2Fsecret.mp4", "without '..'"),
            ("file:..", "without '..'"),
            ("file:", "without '..'"),
            ("file:/", "without '..'"),
            ("file:///etc/passwd", "leads out"),
            ("file:out.mp4", "leads out"),
            ("file:leak", "leads out"),
            ("file:/dev/zero", "leads out"),
            ("file:pipe.mp4", "neither a file nor a folder"),
            ("file:loop", "there is no loop"),
            ("file:nothing.mp4", "there is no nothing.mp4"),
            ("file:street.mp4%00.jpg", "control character"),
            ("file:street.mp4\n", "control character"),
            ("file://elsewhere/street.mp4", "another machine"),
            ("file:%252e%252e/secret.mp4", "there is no"),
            ("file:street.mp4?x=1", "percent-encoded"),
            ("file:" + "a/" * 3000, "there is no"),
            ("file:" + "a" * 3000, "there is no"),
        ],
    )
    def test_what_does_not_is_refused(self, folder: Path, url: str, says: str) -> None:
        assert says in refusal(Addresses(SourcePolicy(schemes=("file",), folder=folder)), url)

    @pytest.mark.parametrize("pictures", ["../../elsewhere", "{outside}", "img1"])
    def test_a_sequence_takes_no_picture_from_outside(self, folder: Path, pictures: str) -> None:
        outside, town = folder.parent / "elsewhere", folder / "town"
        outside.mkdir()
        (outside / "1.jpg").write_bytes(b"x")
        (town / "img1").mkdir(parents=True)
        (town / "img1" / "1.jpg").symlink_to(outside / "1.jpg")
        (town / "seqinfo.ini").write_text(f"[Sequence]\nimDir={pictures.format(outside=outside)}\n")
        addresses = Addresses(SourcePolicy(schemes=("file",), folder=folder))
        assert "leads out of sources.folder" in refusal(addresses, "file:town")
        (town / "seqinfo.ini").unlink()
        assert "leads out of sources.folder" in refusal(addresses, "file:town")

    def test_a_sequence_whose_pictures_lie_below_the_folder_is_read(self, folder: Path) -> None:
        (folder / "town" / "img1").mkdir(parents=True)
        (folder / "town" / "seqinfo.ini").write_text("[Sequence]\nframeRate=14\n")
        addresses = Addresses(SourcePolicy(schemes=("file",), folder=folder))
        assert addresses.allowed("file:town").path == folder.resolve() / "town"

    @given(st.text(alphabet="./%2eEfF~\\ab:\0", max_size=40))
    def test_no_spelling_leads_out(self, tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
        inner = tmp_path_factory.getbasetemp() / "inner"
        inner.mkdir(exist_ok=True)
        try:
            found = Addresses(SourcePolicy(schemes=("file",), folder=inner)).allowed(f"file:{text}").path
        except SourceError:
            return
        assert found is not None
        assert found.is_relative_to(inner.resolve())


def _sent(text: str) -> str:
    """What percent-encoding makes of half a surrogate pair."""
    return text.encode(errors="replace").decode()
