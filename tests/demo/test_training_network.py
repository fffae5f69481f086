"""The network learns from the right cells, and its export says what it says."""

import numpy as np
import onnxruntime
import pytest

torch = pytest.importorskip("torch", reason="PyTorch, extra train, is not installed")

from training.assignment import assign, overlap  # noqa: E402  # needs torch, which may be missing
from training.export import export  # noqa: E402  # needs torch, which may be missing
from training.loss import generalised, loss  # noqa: E402  # needs torch, which may be missing
from training.network import DemoNet, Exported, edges  # noqa: E402  # needs torch, which may be missing
from training.resume import resume  # noqa: E402  # needs torch, which may be missing


def test_cells_lie_in_the_middle_of_their_squares():
    _, centres, strides = DemoNet()(torch.zeros(1, 3, 64, 96))
    assert centres.shape == (2, 8 * 12 + 4 * 6)
    assert centres[:, 0].tolist() == [4.0, 4.0]
    assert centres[:, -1].tolist() == [88.0, 56.0]
    assert (strides[:96] == 8).all()
    assert (strides[96:] == 16).all()


def test_the_exported_layout_holds_the_same_boxes_as_training_sees():
    torch.manual_seed(0)
    net, images = DemoNet().eval(), torch.rand(2, 3, 64, 64)
    with torch.no_grad():
        corners, layout = edges(*net(images)), Exported(net)(images)
    centre, size = layout[:, :2], layout[:, 2:4]
    torch.testing.assert_close(torch.cat((centre - size / 2, centre + size / 2), 1), corners)


def test_each_object_gets_cells_inside_it_and_an_ignored_one_gets_none():
    centres = torch.stack(torch.meshgrid(torch.arange(4.0, 64, 8), torch.arange(4.0, 64, 8), indexing="xy")).flatten(1)
    boxes = torch.cat((centres.T - 8, centres.T + 8), 1)
    truth = torch.tensor([[0.0, 0.0, 24.0, 24.0], [40.0, 40.0, 64.0, 64.0]])
    found = assign(truth, torch.tensor([0, 1]), torch.tensor([False, True]), boxes, torch.full((64, 3), 0.5), centres)
    mine = centres[:, found.row == 0]
    assert mine.shape[1] > 0
    assert (mine < 24).all()
    assert not (found.row == 1).any()
    assert (centres[:, found.ignored] > 40).all()
    assert found.target[found.row == 0].max() == pytest.approx(float(overlap(truth[:1], boxes).max()))


def test_generalised_overlap_is_one_for_the_same_box_and_negative_for_far_ones():
    box = torch.tensor([[0.0, 0.0, 10.0, 10.0]])
    assert generalised(box, box).item() == pytest.approx(1.0)
    assert generalised(box, box + 30).item() == pytest.approx(-(1600 - 200) / 1600)


def test_the_loss_falls_when_the_network_learns_one_picture():
    torch.manual_seed(1)
    net = DemoNet()
    images = torch.rand(1, 3, 96, 96)
    target = [(torch.tensor([[20.0, 20.0, 60.0, 70.0]]), torch.tensor([1]), torch.tensor([False]))]
    optimizer = torch.optim.Adam(net.parameters(), 3e-3)
    losses = []
    for _ in range(70):
        total = sum(loss(net(images), target))
        optimizer.zero_grad()
        total.backward()
        optimizer.step()
        losses.append(total.item())
    assert np.mean(losses[-3:]) < 0.6 * np.mean(losses[:3])


def test_a_picture_without_objects_gives_a_finite_loss():
    empty = [(torch.zeros(0, 4), torch.zeros(0, dtype=torch.int64), torch.zeros(0, dtype=torch.bool))]
    score, box = loss(DemoNet()(torch.zeros(1, 3, 64, 64)), empty)
    assert torch.isfinite(score)
    assert box.item() == 0.0


def test_training_goes_on_from_an_export_with_the_same_network(tmp_path):
    torch.manual_seed(2)
    net, images = DemoNet(), torch.rand(2, 3, 64, 96)
    with torch.no_grad():
        for _ in range(3):
            net(images)
        export(net, tmp_path / "net.onnx")
        before, after = Exported(net.eval())(images), Exported(resume(tmp_path / "net.onnx").eval())(images)
    torch.testing.assert_close(after, before, atol=1e-3, rtol=1e-4)


def test_training_does_not_go_on_from_another_architecture(tmp_path):
    export(DemoNet(width=8), tmp_path / "other.onnx")
    with pytest.raises(ValueError, match="the network's"):
        resume(tmp_path / "other.onnx")


def test_the_export_runs_in_onnxruntime_with_the_same_answer(tmp_path):
    torch.manual_seed(3)
    net, images = DemoNet().eval(), torch.rand(2, 3, 96, 160)
    export(net, tmp_path / "net.onnx")
    session = onnxruntime.InferenceSession(tmp_path / "net.onnx", providers=["CPUExecutionProvider"])
    (output,) = session.run(None, {"images": images.numpy()})
    with torch.no_grad():
        np.testing.assert_allclose(output, Exported(net)(images).numpy(), atol=1e-3, rtol=1e-4)
