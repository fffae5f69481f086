"""Trains the bundled detector: `python -m training.train --out models/weights/demo.onnx`."""

import argparse
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from training.evaluate import HELD_OUT, average_precision
from training.export import export
from training.loss import Target, loss
from training.network import DemoNet
from training.resume import resume
from training.scenes import Sample, render, vary

FIRST_SEED = 1000
"""Training streets have the seeds from here on; the held-out ones are in `training.evaluate`."""


def main() -> None:
    """Renders, trains, exports and evaluates."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("models/weights/demo.onnx"))
    parser.add_argument("--start", type=Path, help="go on from an ONNX file that this command wrote")
    parser.add_argument("--first", type=int, default=FIRST_SEED, help="seed of the first street")
    parser.add_argument("--streets", type=int, default=100, help="how many seeds of the demo camera to learn from")
    parser.add_argument("--frames", type=int, default=30, help="frames of each street")
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--rate", type=float, default=1.5e-3, help="highest learning rate")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.manual_seed(1)
    torch.set_num_threads(options.threads)
    started = time.monotonic()
    seeds = range(options.first, options.first + options.streets)
    samples = [sample for seed in seeds for sample in render(seed, options.frames)]
    print(
        f"{len(samples)} frames of {options.streets} streets rendered in {time.monotonic() - started:.0f} s", flush=True
    )
    net = resume(options.start) if options.start else DemoNet()
    for average in fit(net, samples, options.epochs, options.batch, options.rate):
        export(average, options.out)
    print(f"{options.out}: {options.out.stat().st_size} bytes after {time.monotonic() - started:.0f} s")
    for label, score in average_precision(options.out, HELD_OUT).items():
        print(f"AP50 {label}: {score:.4f}")


def fit(net: DemoNet, samples: list[Sample], epochs: int, batch: int, rate: float) -> Iterator[DemoNet]:
    """Trains with AdamW on a cosine schedule; gives the moving average of the weights after each epoch."""
    net.to(memory_format=torch.channels_last)  # type: ignore[call-overload] # the stubs leave this overload out
    print(f"{sum(p.numel() for p in net.parameters())} parameters", flush=True)
    average = deepcopy(net).eval()
    optimizer = torch.optim.AdamW(net.parameters(), lr=rate, weight_decay=0.02)
    steps = epochs * (len(samples) // batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, steps, pct_start=0.06, final_div_factor=200.0)
    started, seen = time.monotonic(), [0.0, 0.0]
    for step, (images, targets) in enumerate(batches(samples, epochs, batch), start=1):
        score, box = loss(net(images), targets)
        optimizer.zero_grad()
        torch.autograd.backward(score + box)
        torch.nn.utils.clip_grad_norm_(net.parameters(), 10.0)
        optimizer.step()
        schedule.step()
        follow(average, net, min(0.998, step / (step + 20)))
        seen = [0.98 * seen[0] + 0.02 * score.item(), 0.98 * seen[1] + 0.02 * box.item()]
        if step % 50 == 0:
            spent = time.monotonic() - started
            print(f"step {step}/{steps} scores {seen[0]:.3f} boxes {seen[1]:.3f} {spent:.0f} s", flush=True)
        if step % (steps // epochs) == 0:
            yield average


@torch.no_grad()
def follow(average: DemoNet, net: DemoNet, keep: float) -> None:
    """Moves the average towards the network."""
    for mean, value in zip(average.state_dict().values(), net.state_dict().values(), strict=True):
        if mean.dtype.is_floating_point:
            mean.lerp_(value, 1 - keep)
        else:
            mean.copy_(value)


def batches(samples: list[Sample], epochs: int, size: int) -> Iterator[tuple[Tensor, list[Target]]]:
    """Varied samples in shuffled order; the next batch is made in a thread while one is learnt from."""
    rng = np.random.default_rng(3)
    orders = (rng.permutation(len(samples)) for _ in range(epochs))
    rows = [order[i : i + size] for order in orders for i in range(0, len(order) - size + 1, size)]
    with ThreadPoolExecutor(1) as worker:
        ahead = worker.submit(collate, [samples[i] for i in rows[0]], 0)
        for number in range(1, len(rows) + 1):
            ready = ahead.result()
            if number < len(rows):
                ahead = worker.submit(collate, [samples[i] for i in rows[number]], number)
            yield ready


def collate(samples: list[Sample], number: int) -> tuple[Tensor, list[Target]]:
    """One batch: pictures (B, 3, H, W) RGB in 0..1 and a target each."""
    rng = np.random.default_rng((5, number))
    varied = [vary(sample, rng) for sample in samples]
    pixels = np.stack([sample.image[:, :, ::-1] for sample in varied])
    images = torch.from_numpy(pixels).permute(0, 3, 1, 2).float() / 255
    return images, [
        (torch.from_numpy(s.xyxy).float(), torch.from_numpy(s.class_id), torch.from_numpy(s.ignore)) for s in varied
    ]


if __name__ == "__main__":
    main()
