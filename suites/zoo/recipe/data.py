"""Fashion-MNIST: reading, splitting and augmenting."""

import gzip

import numpy as np
import torch
from torch.nn import functional as F

VALIDATION = 5000


def read_idx(path):
    """One IDX file (unsigned bytes) as a NumPy array."""
    with gzip.open(path, "rb") as f:
        raw = f.read()
    rank = raw[3]
    shape = [int.from_bytes(raw[4 + 4 * i:8 + 4 * i], "big")
             for i in range(rank)]
    return np.frombuffer(raw, np.uint8, offset=4 + 4 * rank).reshape(shape)


def load(folder):
    """Training, validation (the last 5,000 training images) and test set, each
    images [n][1][28][28] of bytes and classes [n]."""
    def part(name):
        x = read_idx(folder / f"{name}-images-idx3-ubyte.gz")
        y = read_idx(folder / f"{name}-labels-idx1-ubyte.gz")
        return (torch.from_numpy(x.copy()).unsqueeze(1),
                torch.from_numpy(y.astype(np.int64)))
    x, y = part("train")
    return ((x[:-VALIDATION], y[:-VALIDATION]),
            (x[-VALIDATION:], y[-VALIDATION:]), part("t10k"))


def augment(x, shift, erase, rng):
    """Flip, translate and erase each image of a float batch independently."""
    n, _, h, w = x.shape
    flip = torch.rand(n, generator=rng) < 0.5
    x = torch.where(flip.view(n, 1, 1, 1), x.flip(3), x)
    if shift:
        x = F.pad(x, (shift,) * 4)
        dy = torch.randint(0, 2 * shift + 1, (n, 1, 1), generator=rng)
        dx = torch.randint(0, 2 * shift + 1, (n, 1, 1), generator=rng)
        rows = torch.arange(h).view(1, h, 1) + dy
        cols = torch.arange(w).view(1, 1, w) + dx
        x = x[torch.arange(n).view(n, 1, 1), 0, rows, cols].unsqueeze(1)
    if erase:
        cy = torch.randint(0, h, (n, 1, 1), generator=rng)
        cx = torch.randint(0, w, (n, 1, 1), generator=rng)
        on = (torch.rand(n, generator=rng) < 0.5).view(n, 1, 1)
        near = lambda size, c, shape: (  # noqa: E731
            (torch.arange(size).view(shape) - c).abs() * 2 < erase)
        hole = near(h, cy, (1, h, 1)) & near(w, cx, (1, 1, w)) & on
        x = x.masked_fill(hole.unsqueeze(1), 0.0)
    return x


class Epoch:
    """The batches of one epoch: they depend on the recipe's seed and the
    epoch's number alone, so that a resumed training sees the images that an
    uninterrupted one would, and all students those that their teacher saw."""

    def __init__(self, part, row, number):
        self.x, self.y = part
        self.row = row
        self.rng = torch.Generator().manual_seed(row["seed"] * 1000 + number)
        self.order = torch.randperm(len(self.x), generator=self.rng)
        self.batches = len(self.x) // row["batch"]

    def __iter__(self):
        size = self.row["batch"]
        for i in range(self.batches):
            pick = self.order[i * size:(i + 1) * size]
            x = augment(self.x[pick].float() / 255, self.row["shift"],
                        self.row["erase"], self.rng)
            yield i, x, self.y[pick]
