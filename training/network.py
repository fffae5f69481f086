"""The detector's network: a small pyramid of plain convolutions with one shared-shape head at strides 8 and 16."""

import torch
from torch import Tensor, nn

STRIDES = (8, 16)
WIDEST_LOG = 4.0
"""Edges lie at most exp(4) = 55 strides from a cell."""


SHARPNESS = 2.0
"""Factor on the logits of the export. What is learnt is how well a box overlaps, which is never quite 1 nor 0; a
tracker asks for sure and unsure. A temperature after C. Guo et al.: On Calibration of Modern Neural Networks, ICML
2017."""


class Conv(nn.Sequential):
    """Convolution, batch normalisation (or, once that is folded into the weights, a bias), ReLU."""

    def __init__(self, inputs: int, outputs: int, size: int = 3, stride: int = 1, folded: bool = False) -> None:
        layers: list[nn.Module] = [nn.Conv2d(inputs, outputs, size, stride, size // 2, bias=folded)]
        if not folded:
            layers.append(nn.BatchNorm2d(outputs))
        super().__init__(*layers, nn.ReLU(inplace=True))


class Residual(nn.Module):
    """A bottleneck of 1x1 and 3x3 whose result is added to its input."""

    def __init__(self, channels: int, folded: bool = False) -> None:
        super().__init__()
        narrow = channels // 2
        self.body = nn.Sequential(Conv(channels, narrow, 1, folded=folded), Conv(narrow, channels, folded=folded))

    def forward(self, features: Tensor) -> Tensor:
        """Features (B, C, H, W) to features of the same shape."""
        added: Tensor = features + self.body(features)
        return added


class Head(nn.Module):
    """Class scores and distances to the four edges of a box, for every cell."""

    def __init__(self, channels: int, classes: int, folded: bool = False) -> None:
        super().__init__()
        self.stem = Conv(channels, channels, folded=folded)
        self.score = nn.Conv2d(channels, classes, 1)
        self.edge = nn.Conv2d(channels, 4, 1)
        nn.init.constant_(self.score.bias, -4.0)
        nn.init.constant_(self.edge.bias, 1.0)

    def forward(self, features: Tensor) -> Tensor:
        """(B, 4 + classes, H * W): logarithms of the distances in strides, then logits."""
        shared = self.stem(features)
        return torch.cat((self.edge(shared), self.score(shared)), 1).flatten(2)


class DemoNet(nn.Module):
    """RGB (B, 3, H, W) in 0..1, H and W multiples of 32, to raw predictions (B, 4 + classes, N) and cell centres.

    Features at stride 8 and 16 are joined with what stride 32 has seen, added from coarse to fine.
    """

    def __init__(self, classes: int = 3, width: int = 12, folded: bool = False) -> None:
        super().__init__()
        w, w4, w6 = width, 4 * width, 6 * width

        def conv(inputs: int, outputs: int, size: int = 3, stride: int = 2) -> Conv:
            return Conv(inputs, outputs, size, stride, folded)

        def residual(channels: int) -> Residual:
            return Residual(channels, folded)

        self.eighth = nn.Sequential(conv(3, w), conv(w, 2 * w), conv(2 * w, w4), residual(w4), residual(w4))
        self.sixteenth = nn.Sequential(conv(w4, w6), residual(w6), residual(w6))
        self.deepest = nn.Sequential(conv(w6, w6), residual(w6), residual(w6))
        self.join16, self.join8 = residual(w6), residual(w4)
        self.narrow = conv(w6, w4, 1, 1)
        self.heads = nn.ModuleList((Head(w4, classes, folded), Head(w6, classes, folded)))

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Raw predictions (B, 4 + classes, N), cell centres (2, N) in pixels and strides (N,)."""
        fine = self.eighth(images)
        middle = self.sixteenth(fine)
        middle = self.join16(middle + nn.functional.interpolate(self.deepest(middle), scale_factor=2.0))
        fine = self.join8(fine + nn.functional.interpolate(self.narrow(middle), scale_factor=2.0))
        levels = (fine, middle)
        raw = torch.cat([head(level) for head, level in zip(self.heads, levels, strict=True)], 2)
        grids = [_grid(level, stride) for level, stride in zip(levels, STRIDES, strict=True)]
        return raw, torch.cat([centres for centres, _ in grids], 1), torch.cat([strides for _, strides in grids])


def _grid(level: Tensor, stride: int) -> tuple[Tensor, Tensor]:
    """Centres (2, H * W) of the cells of one level, and its stride for each."""
    rows, columns = torch.arange(level.shape[2]), torch.arange(level.shape[3])
    y, x = torch.meshgrid(rows, columns, indexing="ij")
    centres = (torch.stack((x.flatten(), y.flatten())).float() + 0.5) * stride
    return centres, torch.full_like(centres[0], float(stride))


def edges(raw: Tensor, centres: Tensor, strides: Tensor) -> Tensor:
    """Boxes x1, y1, x2, y2 (B, 4, N) in pixels from raw predictions."""
    reach = raw[:, :4].clamp(max=WIDEST_LOG).exp() * strides
    return torch.cat((centres - reach[:, :2], centres + reach[:, 2:]), 1)


class Exported(nn.Module):
    """The network with its boxes decoded, in the layout of YOLOv8: (B, 4 + classes, N), centre, size and scores."""

    def __init__(self, net: DemoNet) -> None:
        super().__init__()
        self.net = net

    def forward(self, images: Tensor) -> Tensor:
        """RGB (B, 3, H, W) in 0..1 to cx, cy, w, h in input pixels and one score per class in 0..1."""
        raw, centres, strides = self.net(images)
        reach = raw[:, :4].clamp(max=WIDEST_LOG).exp() * strides
        before, after = reach[:, :2], reach[:, 2:]
        return torch.cat((centres + (after - before) / 2, before + after, (SHARPNESS * raw[:, 4:]).sigmoid()), 1)
