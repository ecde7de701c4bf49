#!/usr/bin/env python3
"""Train the bundled Fashion-MNIST models and export them to ONNX.

    python3 train.py [--only NAME]... [--data DIR] [--work DIR] [--out DIR]

Every model is a row of MODELS: its network, its hyperparameters and its seed.
The last 5,000 training images are the validation split; the epoch that is
exported is the one with the best validation accuracy, and the test images are
looked at once, for that epoch. A checkpoint is written after every epoch, so
a run that was cut off goes on where it stopped.

Inputs are pixel / 255, NCHW float32. Beside NAME.onnx the recipe writes
NAME.predictions (the class of each test image, as ONNX's input order has
them) and a NAME entry in manifest.json.
"""

import argparse
import gzip
import hashlib
import json
import math
import os
import time
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

VALIDATION = 5000
CLASSES = 10


class Residual(nn.Module):
    """Two 3x3 convolutions and an identity (or 1x1) skip connection."""

    def __init__(self, cin, cout, stride):
        super().__init__()
        self.a = nn.Conv2d(cin, cout, 3, stride, 1, bias=False)
        self.an = nn.BatchNorm2d(cout)
        self.b = nn.Conv2d(cout, cout, 3, 1, 1, bias=False)
        self.bn = nn.BatchNorm2d(cout)
        self.skip = None
        if stride != 1 or cin != cout:
            self.skip = nn.Sequential(
                nn.Conv2d(cin, cout, 1, stride, bias=False),
                nn.BatchNorm2d(cout))

    def forward(self, x):
        y = self.bn(self.b(F.relu(self.an(self.a(x)))))
        return F.relu(y + (x if self.skip is None else self.skip(x)))


def conv_bn(cin, cout, stride=1, kernel=3, groups=1, act=nn.ReLU):
    return [nn.Conv2d(cin, cout, kernel, stride, kernel // 2, groups=groups,
                      bias=False), nn.BatchNorm2d(cout), act()]


def separable(cin, cout, stride):
    return (conv_bn(cin, cin, stride, groups=cin, act=nn.ReLU6)
            + conv_bn(cin, cout, kernel=1, act=nn.ReLU6))


def mlp():
    return nn.Sequential(
        nn.Flatten(),
        nn.Linear(784, 208), nn.BatchNorm1d(208), nn.ReLU(), nn.Dropout(0.15),
        nn.Linear(208, 112), nn.BatchNorm1d(112), nn.ReLU(), nn.Dropout(0.15),
        nn.Linear(112, CLASSES))


def cnn():
    return nn.Sequential(
        *conv_bn(1, 16), nn.MaxPool2d(2),
        *conv_bn(16, 32), *conv_bn(32, 72), nn.MaxPool2d(2),
        *conv_bn(72, 100), nn.AdaptiveAvgPool2d(1), nn.Flatten(),
        nn.Dropout(0.1), nn.Linear(100, CLASSES))


def dscnn():
    return nn.Sequential(
        *conv_bn(1, 32),
        *separable(32, 64, 2), *separable(64, 64, 1),
        *separable(64, 128, 2), *separable(128, 128, 1),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(128, CLASSES))


def resnet():
    return nn.Sequential(
        *conv_bn(1, 32), Residual(32, 32, 1),
        Residual(32, 64, 2), Residual(64, 64, 1),
        Residual(64, 128, 2), Residual(128, 128, 1),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(128, CLASSES))


# lr is the peak of a cosine schedule with a linear warm-up of two epochs;
# shift is the largest random translation in pixels, erase the side of the
# square that is blanked in half of the images (0: none); bf16 trains in
# bfloat16 autocast, which is faster for plain convolutions where the processor
# has AVX512-BF16 and slower elsewhere.
MODELS = {
    "mlp": dict(net=mlp, epochs=120, batch=256, lr=0.003, decay=0.02,
                smooth=0.05, shift=1, erase=0, seed=1, bf16=False),
    "cnn": dict(net=cnn, epochs=70, batch=128, lr=0.004, decay=0.05,
                smooth=0.05, shift=2, erase=0, seed=1, bf16=True),
    "dscnn": dict(net=dscnn, epochs=45, batch=128, lr=0.004, decay=0.05,
                  smooth=0.05, shift=2, erase=0, seed=1, bf16=False),
    "resnet": dict(net=resnet, epochs=26, batch=128, lr=0.004, decay=0.05,
                   smooth=0.05, shift=2, erase=8, seed=1, bf16=True),
}


def read_idx(path):
    """One IDX file (unsigned bytes) as a NumPy array."""
    with gzip.open(path, "rb") as f:
        raw = f.read()
    rank = raw[3]
    shape = [int.from_bytes(raw[4 + 4 * i:8 + 4 * i], "big")
             for i in range(rank)]
    return np.frombuffer(raw, np.uint8, offset=4 + 4 * rank).reshape(shape)


def load(folder):
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


@torch.no_grad()
def predict(net, x):
    net.eval()
    out = [net(b.float() / 255) for b in x.split(500)]
    return torch.cat(out).argmax(1)


def accuracy(net, part):
    return (predict(net, part[0]) == part[1]).double().mean().item()


def optimizer_for(net, row):
    """AdamW that leaves biases and normalization parameters undecayed."""
    plain = [p for p in net.parameters() if p.ndim < 2]
    decayed = [p for p in net.parameters() if p.ndim >= 2]
    return torch.optim.AdamW([dict(params=decayed, weight_decay=row["decay"]),
                              dict(params=plain, weight_decay=0.0)],
                             lr=row["lr"])


def learning_rate(row, step, per_epoch):
    warm, total = 2 * per_epoch, row["epochs"] * per_epoch
    if step < warm:
        return row["lr"] * (step + 1) / warm
    return row["lr"] * 0.5 * (1 + math.cos(math.pi * (step - warm)
                                           / (total - warm)))


def train(name, row, train_part, val_part, work):
    torch.manual_seed(row["seed"])
    net = row["net"]().to(memory_format=torch.channels_last)
    opt = optimizer_for(net, row)
    ema = {k: v.clone() for k, v in net.state_dict().items()}
    state = dict(epoch=0, best=-1.0, best_epoch=-1, seconds=0.0)
    best = None
    path = work / f"{name}.pt"
    if path.exists():
        saved = torch.load(path, weights_only=False)
        net.load_state_dict(saved["net"])
        opt.load_state_dict(saved["opt"])
        ema, best, state = saved["ema"], saved["best"], saved["state"]
    x, y = train_part
    per_epoch = len(x) // row["batch"]
    averaged = row["net"]()
    while state["epoch"] < row["epochs"]:
        start, e = time.time(), state["epoch"]
        # The stream of an epoch depends on its number alone, so that a
        # resumed run sees the images that an uninterrupted one would.
        rng = torch.Generator().manual_seed(row["seed"] * 1000 + e)
        torch.manual_seed(row["seed"] * 1000 + e)
        order = torch.randperm(len(x), generator=rng)
        net.train()
        total = 0.0
        for i in range(per_epoch):
            pick = order[i * row["batch"]:(i + 1) * row["batch"]]
            for g in opt.param_groups:
                g["lr"] = learning_rate(row, e * per_epoch + i, per_epoch)
            xb = augment(x[pick].float() / 255, row["shift"], row["erase"],
                         rng)
            with torch.autocast("cpu", torch.bfloat16, enabled=row["bf16"]):
                out = net(xb.contiguous(memory_format=torch.channels_last))
            loss = F.cross_entropy(out.float(), y[pick],
                                   label_smoothing=row["smooth"])
            opt.zero_grad(set_to_none=True)
            loss.backward()
            opt.step()
            total += loss.item()
            with torch.no_grad():
                for k, v in net.state_dict().items():
                    if v.dtype.is_floating_point:
                        ema[k].lerp_(v, 0.002)
                    else:
                        ema[k].copy_(v)
        averaged.load_state_dict(ema)
        val = accuracy(averaged, val_part)
        state["epoch"] += 1
        state["seconds"] += time.time() - start
        if val > state["best"]:
            state["best"], state["best_epoch"] = val, e
            best = {k: v.clone() for k, v in ema.items()}
        print(f"{name} epoch {e + 1}/{row['epochs']} loss "
              f"{total / per_epoch:.4f} val {100 * val:.2f} "
              f"best {100 * state['best']:.2f} "
              f"{time.time() - start:.1f}s", flush=True)
        torch.save(dict(net=net.state_dict(), opt=opt.state_dict(), ema=ema,
                        best=best, state=state), path.with_suffix(".tmp"))
        os.replace(path.with_suffix(".tmp"), path)
    averaged.load_state_dict(best)
    return averaged, state


def count_macs(net):
    macs = []

    def hook(module, _, out):
        w = module.weight
        macs.append(out[0].numel() * w[0].numel()
                    if isinstance(module, nn.Conv2d) else w.numel())
    hooks = [m.register_forward_hook(hook) for m in net.modules()
             if isinstance(m, (nn.Conv2d, nn.Linear))]
    net.eval()
    with torch.no_grad():
        net(torch.zeros(1, 1, 28, 28))
    for h in hooks:
        h.remove()
    return sum(macs)


def export(name, row, net, state, parts, out):
    net.eval()
    onnx = out / f"{name}.onnx"
    # PRESERVE keeps BatchNormalization as nodes of its own: folding it is
    # the runner's business, and other tools see the trained parameters.
    torch.onnx.export(net, torch.zeros(1, 1, 28, 28), str(onnx),
                      input_names=["image"], output_names=["logits"],
                      dynamic_axes={"image": {0: "N"}, "logits": {0: "N"}},
                      opset_version=13, do_constant_folding=False,
                      training=torch.onnx.TrainingMode.PRESERVE)
    x, y = parts[2]
    guess = predict(net, x)
    text = "".join(str(int(c)) for c in guess)
    lines = [text[i:i + 100] for i in range(0, len(text), 100)]
    (out / f"{name}.predictions").write_text("\n".join(lines) + "\n")
    path = out / "manifest.json"
    manifest = json.loads(path.read_text()) if path.exists() else {}
    manifest[name] = dict(
        file=onnx.name,
        sha256=hashlib.sha256(onnx.read_bytes()).hexdigest(),
        parameters=sum(p.numel() for p in net.parameters()),
        macs=count_macs(net),
        recipe={k: v for k, v in row.items() if k != "net"}
        | dict(optimizer="AdamW", schedule="cosine", average="EMA 0.998",
               best_epoch=state["best_epoch"] + 1, program="train.py"),
        validation_accuracy=round(accuracy(net, parts[1]), 6),
        test_accuracy=round((guess == y).double().mean().item(), 6),
        training_seconds=round(state["seconds"]),
        torch=torch.__version__.split("+")[0])
    path.write_text(json.dumps(manifest, indent=2, sort_keys=True) + "\n")
    print(f"{name} validation {manifest[name]['validation_accuracy']} "
          f"test {manifest[name]['test_accuracy']} parameters "
          f"{manifest[name]['parameters']}", flush=True)


def main():
    here = Path(__file__).resolve().parent
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("--only", action="append", choices=list(MODELS))
    p.add_argument("--data", type=Path,
                   default=Path("/usr/share/datasets/fashion-mnist"))
    p.add_argument("--work", type=Path, default=Path("zoo-work"),
                   help="folder of the checkpoints")
    p.add_argument("--out", type=Path, default=here)
    p.add_argument("--threads", type=int, default=2)
    a = p.parse_args()
    torch.set_num_threads(a.threads)
    a.work.mkdir(parents=True, exist_ok=True)
    parts = load(a.data)
    for name in a.only or MODELS:
        row = MODELS[name]
        net, state = train(name, row, parts[0], parts[1], a.work)
        export(name, row, net, state, parts, a.out)


if __name__ == "__main__":
    main()
