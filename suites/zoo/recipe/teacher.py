"""A teacher's logits for the very images that its students will see.

All students of one seed, batch size and augmentation draw the same images, so
that each epoch is scored once, kept, and serves them all.
"""

import os

import torch

from .data import Epoch


class Teacher:
    """Callable: the logits of epoch `number`, [batches * batch][10], half."""

    def __init__(self, name, net, row, part, work):
        self.net, self.row, self.part = net.eval(), row, part
        self.folder = work / ("teacher-%s-%d-%d-%d-%d" % (
            name, row["seed"], row["batch"], row["shift"], row["erase"]))
        self.folder.mkdir(parents=True, exist_ok=True)

    @torch.no_grad()
    def __call__(self, number):
        path = self.folder / f"{number}.pt"
        if path.exists():
            return torch.load(path, weights_only=True)
        out = []
        with torch.autocast("cpu", torch.bfloat16):
            for _, x, _ in Epoch(self.part, self.row, number):
                out.append(self.net(x.contiguous(
                    memory_format=torch.channels_last)).half())
        out = torch.cat(out)
        mine = path.with_suffix(f".{os.getpid()}")
        torch.save(out, mine)
        os.replace(mine, path)
        return out
