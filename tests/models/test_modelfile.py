"""Files that are no models, and what is said about them."""

import os
import socket
from hashlib import sha256
from pathlib import Path

import pytest

from models import ModelBroken, ModelNotFound
from models.modelfile import MOST_BYTES, read_model, recognised

CONTENT = b"\x08\x08\x12\x06trackd\x3a\x00"


def saved(folder: Path, content: bytes, name: str = "m.onnx") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def test_a_file_is_read_as_it_is(tmp_path: Path) -> None:
    assert read_model(saved(tmp_path, CONTENT)) == CONTENT


def test_a_link_to_a_file_is_followed(tmp_path: Path) -> None:
    (tmp_path / "link.onnx").symlink_to(saved(tmp_path, CONTENT))
    assert read_model(tmp_path / "link.onnx") == CONTENT


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n", "Git LFS pointer.*git lfs pull"),
        (b"\n<!DOCTYPE HTML><title>404</title>", "web page"),
        (b"<html lang=en>", "web page"),
        (b"PK\x03\x04\x14\x00\x00\x00model/data.pkl", r"zip archive.*PyTorch.*export it to ONNX"),
        (b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.", "pickle.*export it to ONNX"),
        (b"\x1c\x00\x00\x00TFL3\x14\x00", "TensorFlow Lite.*export it to ONNX"),
        (b"\x1c\x00\x00\x00ORTM\x14\x00", r"own format \(\.ort\)"),
        (b"\x89HDF\r\n\x1a\n\x00", "HDF5"),
        (b"\x1f\x8b\x08\x00", "gzip: unpack it"),
        (b"GGUF\x03\x00\x00\x00", "GGUF"),
        (b'\x40\x00\x00\x00\x00\x00\x00\x00{"w":{"dtype":"F32"}}', "safetensors"),
        (b'<?xml version="1.0"?><net name="yolo">', "XML.*OpenVINO"),
        (b"person\ncar\ntruck\n", "a text file, not a model"),
    ],
)
def test_another_format_is_recognised_and_the_way_out_named(tmp_path: Path, content: bytes, said: str) -> None:
    with pytest.raises(ModelBroken, match=f"m.onnx is .*{said}"):
        read_model(saved(tmp_path, content))


@pytest.mark.parametrize("name", ["yolo.engine", "yolo.PLAN", "yolo.trt", "yolo.pb"])
def test_another_format_without_a_mark_is_recognised_by_its_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(ModelBroken, match=r"by its name.*: export it to ONNX"):
        read_model(saved(tmp_path, os.urandom(100).replace(b"PK", b"  "), name))


def test_an_onnx_file_is_taken_for_nothing_else(shared: Path) -> None:
    for path in (shared / "onnx").glob("*.onnx"):
        assert recognised(path.read_bytes(), path.suffix) is None


def test_a_link_that_leads_to_itself_a_device_and_a_socket_are_no_models(tmp_path: Path) -> None:
    (tmp_path / "loop.onnx").symlink_to(tmp_path / "loop.onnx")
    with pytest.raises(ModelBroken, match=r"loop\.onnx cannot be read: .*symbolic links"):
        read_model(tmp_path / "loop.onnx")
    with pytest.raises(ModelBroken, match="/dev/zero cannot be read: it is not a regular file"):
        read_model(Path("/dev/zero"))
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "s.onnx"))
        with pytest.raises(ModelBroken, match="not a regular file"):
            read_model(tmp_path / "s.onnx")


@pytest.mark.parametrize(
    ("name", "said"),
    [("gone/m.onnx", "no model file at "), ("a\0b.onnx", "no model file at ")],
)
def test_a_name_that_leads_nowhere_is_not_found(tmp_path: Path, name: str, said: str) -> None:
    with pytest.raises(ModelNotFound, match=said):
        read_model(tmp_path / name)


def test_a_name_that_is_too_long_or_goes_through_a_file_is_one_clear_line(tmp_path: Path) -> None:
    saved(tmp_path, CONTENT, "file")
    for name in ("x" * 300 + ".onnx", "file/m.onnx"):
        with pytest.raises(ModelBroken, match="cannot be read: "):
            read_model(tmp_path / name)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_says_so(tmp_path: Path) -> None:
    path = saved(tmp_path, CONTENT)
    path.chmod(0)
    with pytest.raises(ModelBroken, match="cannot be read: Permission denied"):
        read_model(path)


def test_a_file_is_empty_or_too_large_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(ModelBroken, match=r"m\.onnx is empty"):
        read_model(saved(tmp_path, b""))
    os.truncate(tmp_path / "m.onnx", MOST_BYTES + 1)  # sparse: takes no space
    with pytest.raises(ModelBroken, match="it has 2147483648 bytes, and 2147483647 are the most"):
        read_model(tmp_path / "m.onnx")


class TestChecksumBeside:
    def test_the_one_that_fits_lets_the_file_pass(self, tmp_path: Path) -> None:
        for line in (f"{sha256(CONTENT).hexdigest()}  m.onnx\n", sha256(CONTENT).hexdigest().upper()):
            (tmp_path / "m.onnx.sha256").write_text(line)
            assert read_model(saved(tmp_path, CONTENT)) == CONTENT

    def test_another_one_refuses_it(self, tmp_path: Path) -> None:
        (tmp_path / "m.onnx.sha256").write_text("0" * 64 + "  m.onnx\n")
        with pytest.raises(ModelBroken, match=r"does not have the sha256 that m\.onnx\.sha256 states: fetch it again"):
            read_model(saved(tmp_path, CONTENT))

    @pytest.mark.parametrize("text", [b"", b"abc", b"0" * 63, b"0" * 65, b"\xff\xfe" * 40, b"sha256 " + b"0" * 64])
    def test_one_that_states_none_refuses_it_too(self, tmp_path: Path, text: bytes) -> None:
        (tmp_path / "m.onnx.sha256").write_bytes(text)
        with pytest.raises(ModelBroken, match="states no sha256: its first word must be 64 hexadecimal digits"):
            read_model(saved(tmp_path, CONTENT))
