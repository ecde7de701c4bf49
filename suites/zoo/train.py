#!/usr/bin/env python3
"""Make the bundled Fashion-MNIST models.

    python3 train.py [--only NAME]... [--jobs N] [--force]
                     [--data DIR] [--work DIR] [--out DIR]
    python3 train.py --search
    python3 train.py --seeds NAME
    python3 train.py --table

Every model is a row of recipe/table.py. A model whose manifest entry has the
present recipe is left alone (--force: made again); a training that was cut off
goes on after its last epoch. The last 5,000 training images are the validation
split: epochs, ranges and hyperparameters are chosen on it; the test images
score what is exported.

Inputs are pixel / 255, NCHW float32. Beside NAME.onnx there is
NAME.predictions (the class of each test image) and an entry in manifest.json.
--search tries hyperparameters for mlp (recipe/search.py); --table writes
README.md from the manifest.
"""

import argparse
import fcntl
import hashlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import torch
from torch import nn

from recipe import data, learn, make, nets, readme, search
from recipe.table import ZOO, recipe_of, row_of

HERE = Path(__file__).resolve().parent


def count_macs(net):
    """Products of the convolutions and linear layers for one image, as if
    dense, and of attention's visible pairs."""
    macs = []

    def hook(module, _, out):
        if isinstance(module, nets.Attention):
            macs.append(module.products())
            return
        w = module.weight
        if isinstance(module, nn.Conv2d):
            macs.append(out[0].numel() * w[0].numel())
        else:
            macs.append(out.numel() // w.shape[0] * w.numel())
    hooks = [m.register_forward_hook(hook) for m in net.modules()
             if isinstance(m, (nn.Conv2d, nn.Linear, nets.Attention))]
    with torch.no_grad():
        net(torch.zeros(1, 1, 28, 28, dtype=torch.float32))
    for h in hooks:
        h.remove()
    return sum(macs)


def count_parameters(net):
    return sum(p.numel() for p in net.parameters())


def is_done(out, name):
    path = out / "manifest.json"
    entry = json.loads(path.read_text()).get(name) if path.exists() else None
    return bool(entry) and entry["recipe"] == recipe_of(name)


def calibration_of(out, y):
    """Expected calibration error (15 equal bins of the largest probability)
    and mean negative log-likelihood of logits."""
    p = torch.softmax(out.double(), 1)
    sure, guess = p.max(1)
    right = (guess == y).double()
    bins = (sure * 15).ceil().clamp(1, 15).long() - 1
    gap = torch.zeros(15, dtype=torch.double).index_add_(0, bins, right - sure)
    nll = -p[torch.arange(len(y)), y].log().mean()
    return gap.abs().sum().item() / len(y), nll.item()


def facts_of(name, net, state, more, maker, onnx_path, seconds):
    """The manifest entry, and the classes of the test images."""
    row, (train, val, test) = row_of(name), maker.parts
    size = row.get("batch", 500)
    out = learn.logits(net, test[0], size, row["kind"] in make.EXACT)
    guess = out.argmax(1)
    ece, nll = calibration_of(out, test[1])
    share = lambda part: (  # noqa: E731
        learn.logits(net, part[0], size).argmax(1) == part[1]
    ).double().mean().item()
    entry = dict(
        file=onnx_path.name,
        sha256=hashlib.sha256(onnx_path.read_bytes()).hexdigest(),
        bytes=onnx_path.stat().st_size,
        parameters=count_parameters(net), macs=count_macs(net),
        recipe=recipe_of(name),
        validation_accuracy=round(share(val), 6),
        test_accuracy=round((guess == test[1]).double().mean().item(), 6),
        ece=round(ece, 6), nll=round(nll, 6),
        training_seconds=round(learn.quiet_seconds(state) if state
                               else seconds),
        torch=torch.__version__.split("+")[0]) | more
    if state:
        entry["best_epoch"] = state["best_epoch"] + 1
    if row["kind"] == "plain":
        entry["training_accuracy"] = round(share(train), 6)
    if "base" in row:
        entry["base"] = row["base"]
        entry["variant"] = name[len(row["base"]) + 1:]
    for key in ("batch", "loss", "gain"):
        if key in row:
            entry[key] = row[key]
    return entry, guess


def publish(out, work, name, entry, guess):
    """Predictions, then the manifest, which several processes may write."""
    text = "".join(str(int(c)) for c in guess)
    lines = [text[i:i + 100] for i in range(0, len(text), 100)]
    (out / f"{name}.predictions").write_text("\n".join(lines) + "\n")
    path = out / "manifest.json"
    with open(work / "manifest.lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        manifest = json.loads(path.read_text()) if path.exists() else {}
        manifest[name] = entry
        fresh = path.with_suffix(".tmp")
        fresh.write_text(json.dumps(manifest, indent=1, sort_keys=True) + "\n")
        os.replace(fresh, path)


def make_one(name, maker):
    start = time.time()
    net, state, model, more = maker.make(name)
    path = maker.out / f"{name}.onnx"
    make.export.save(model, path)
    entry, guess = facts_of(name, net, state, more, maker, path,
                            time.time() - start)
    publish(maker.out, maker.work, name, entry, guess)
    print(f"{name}: validation {100 * entry['validation_accuracy']:.2f} % "
          f"test {100 * entry['test_accuracy']:.2f} % "
          f"parameters {entry['parameters']} bytes {entry['bytes']} "
          f"{more}", flush=True)


def spread(names, maker):
    """Accuracies over three seeds, the table's own among them."""
    path, rows = maker.out / "seeds.json", []
    for name in names:
        for seed in (1, 2, 3):
            ZOO[name]["train"] = ZOO[name]["train"] | dict(seed=seed)
            work = maker.work / f"seed{seed}"
            work.mkdir(exist_ok=True)
            again = make.Maker(maker.parts, work, maker.out)
            net = again.make(name)[0]
            rows.append(dict(
                model=name, seed=seed,
                validation_accuracy=learn.accuracy(net, maker.parts[1]),
                test_accuracy=learn.accuracy(net, maker.parts[2])))
            print(rows[-1], flush=True)
    path.write_text(json.dumps(rows, indent=1) + "\n")


def needs(name):
    row = ZOO[name]
    return {row[k] for k in ("base", "start", "teacher") if k in row}


def without_what_needs(lost, names):
    """names, less those that need one of `lost`, be it through others."""
    lost = set(lost)
    while True:
        more = {n for n in names if n not in lost and needs(n) & lost}
        if not more:
            return [n for n in names if n not in lost]
        lost |= more


# Memory that is freed stays the process's, in huge pages: an epoch takes 5 to
# 10 % less time.
KEEP_MEMORY = {"MALLOC_MMAP_THRESHOLD_": str(1 << 25),
               "MALLOC_TRIM_THRESHOLD_": str(1 << 32),
               "MALLOC_TOP_PAD_": str(1 << 28), "THP_MEM_ALLOC_ENABLE": "1"}


def schedule(a, names):
    """Run one process a model, `jobs` at a time, each after its needs."""
    todo = [n for n in names if a.force or not is_done(a.out, n)]
    running, failed = {}, []
    while todo or running:
        for n in list(todo):
            waits = needs(n) & (set(todo) | set(running))
            if len(running) < a.jobs and not waits:
                todo.remove(n)
                log = open(a.work / f"{n}.log", "a", encoding="utf-8")
                running[n] = subprocess.Popen(
                    [sys.executable, __file__, "--only", n, "--jobs", "0",
                     "--data", a.data, "--work", a.work, "--out", a.out],
                    stdout=log, stderr=subprocess.STDOUT,
                    env=KEEP_MEMORY | os.environ)
                print(f"started {n}", flush=True)
        time.sleep(1)
        for n, process in list(running.items()):
            if process.poll() is None:
                continue
            del running[n]
            good = process.returncode == 0
            print(f"{'finished' if good else 'FAILED'} {n} "
                  f"({a.work / n}.log)", flush=True)
            if not good:
                failed.append(n)
                todo = without_what_needs([n], todo)
    return failed


def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("--only", action="append", choices=list(ZOO))
    p.add_argument("--data", type=Path,
                   default=Path("/usr/share/datasets/fashion-mnist"))
    p.add_argument("--work", type=Path, default=Path("zoo-work"),
                   help="folder of checkpoints and logs")
    p.add_argument("--out", type=Path, default=HERE)
    p.add_argument("--jobs", type=int, default=2,
                   help="models at a time, one thread each")
    p.add_argument("--force", action="store_true")
    p.add_argument("--seeds", action="append", choices=list(ZOO),
                   help="the model's accuracy over three seeds: seeds.json")
    p.add_argument("--search", action="store_true")
    p.add_argument("--table", action="store_true")
    a = p.parse_args()
    torch.set_num_threads(1)
    for folder in (a.work, a.out):
        folder.mkdir(parents=True, exist_ok=True)
    if a.table:
        readme.write(a.out)
    elif a.search:
        search.run(data.load(a.data), a.work, a.out)
    elif a.seeds or a.jobs == 0:
        maker = make.Maker(data.load(a.data), a.work, a.out)
        if a.seeds:
            return spread(a.seeds, maker)
        for name in a.only:
            make_one(name, maker)
    elif schedule(a, a.only or list(ZOO)):
        sys.exit(1)


if __name__ == "__main__":
    main()
