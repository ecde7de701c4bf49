"""Training, with checkpoints after every epoch, and scoring."""

import copy
import math
import os
import time

import torch
from torch.nn import functional as F

from .data import Epoch

EMA = 0.998


@torch.no_grad()
def logits(net, x, batch=500, exact=False):
    """exact: sums in double, as those of whole numbers are elsewhere."""
    net = copy.deepcopy(net).double() if exact else net
    net.eval()
    out = []
    for b in x.split(batch):
        b = b.float() / 255
        out.append(net(b.double() if exact else b).float())
    return torch.cat(out)


def predict(net, x):
    return logits(net, x).argmax(1)


def accuracy(net, part):
    return (predict(net, part[0]) == part[1]).double().mean().item()


def optimizer_for(net, row):
    """AdamW that leaves biases and normalization parameters undecayed."""
    plain = [p for p in net.parameters() if p.ndim < 2]
    decayed = [p for p in net.parameters() if p.ndim >= 2]
    return torch.optim.AdamW([dict(params=decayed, weight_decay=row["decay"]),
                              dict(params=plain, weight_decay=0.0)],
                             lr=row["lr"], fused=True)


def learning_rate(row, step, per_epoch):
    """Linear warm-up, then half a cosine."""
    warm, total = row["warm"] * per_epoch, row["epochs"] * per_epoch
    if step < warm:
        return row["lr"] * (step + 1) / warm
    return row["lr"] * 0.5 * (1 + math.cos(math.pi * (step - warm)
                                           / max(1, total - warm)))


def loss_of(row, out, y, teacher):
    """Cross entropy, mixed with the distance from a teacher's logits (Hinton
    et al., arXiv 1503.02531) where there is one."""
    loss = F.cross_entropy(out, y, label_smoothing=row["smooth"])
    if teacher is None:
        return loss
    t, share = row["temperature"], row["share"]
    soft = F.kl_div(F.log_softmax(out / t, 1), F.log_softmax(teacher / t, 1),
                    reduction="batchmean", log_target=True)
    return (1 - share) * loss + share * t * t * soft


def average_into(ema, net):
    """One step of the moving average, whole numbers copied."""
    with torch.no_grad():
        mine, theirs = [], []
        for k, v in net.state_dict().items():
            if v.dtype.is_floating_point:
                mine.append(ema[k])
                theirs.append(v)
            else:
                ema[k].copy_(v)
        torch._foreach_lerp_(mine, theirs, 1 - EMA)


def run_epoch(net, opt, ema, row, number, part, teacher, after):
    """One epoch; its mean loss. `after` is called with the share of the
    training that is done, after every step."""
    torch.manual_seed(row["seed"] * 1000 + number)
    epoch = Epoch(part, row, number)
    soft = teacher(number) if teacher else None
    net.train()
    total, size = 0.0, row["batch"]
    for i, x, y in epoch:
        step = number * epoch.batches + i
        for g in opt.param_groups:
            g["lr"] = learning_rate(row, step, epoch.batches)
        with torch.autocast("cpu", torch.bfloat16, enabled=row["bf16"]):
            out = net(x.contiguous(memory_format=torch.channels_last))
        loss = loss_of(row, out.float(), y, None if soft is None else
                       soft[i * size:(i + 1) * size].float())
        opt.zero_grad(set_to_none=True)
        loss.backward()
        opt.step()
        if after:
            after((step + 1) / (row["epochs"] * epoch.batches))
        total += loss.item()
        average_into(ema, net)
    return total / epoch.batches


def quiet_seconds(state):
    """Of a training, had nothing else run: its epochs times a fast one, the
    tenth percentile."""
    times = sorted(state["times"])
    return len(times) * times[len(times) // 10]


def train(name, net, recipe, parts, work, teacher=None, after=None):
    """Train `net` in place of its weights; the copy that is returned has the
    averaged weights of the epoch that validated best. after(done) may change
    the weights (masks); epochs up to settle are not chosen. A checkpoint goes
    on only under the whole recipe that it was made by."""
    row = recipe["train"]
    torch.manual_seed(row["seed"])
    net = net.to(memory_format=torch.channels_last)
    opt = optimizer_for(net, row)
    ema = {k: v.clone() for k, v in net.state_dict().items()}
    state = dict(epoch=0, best=-1.0, best_epoch=-1, times=[])
    best = None
    path = work / f"{name}.pt"
    saved = torch.load(path, weights_only=False) if path.exists() else {}
    if saved.get("recipe") == recipe:
        net.load_state_dict(saved["net"])
        opt.load_state_dict(saved["opt"])
        ema, best, state = saved["ema"], saved["best"], saved["state"]
    averaged = copy.deepcopy(net)
    while state["epoch"] < row["epochs"]:
        start, e = time.time(), state["epoch"]
        loss = run_epoch(net, opt, ema, row, e, parts[0], teacher, after)
        averaged.load_state_dict(ema)
        val = accuracy(averaged, parts[1])
        state["epoch"] += 1
        state["times"].append(time.time() - start)
        early = state["epoch"] <= row["settle"]
        if val > state["best"] and not early:
            state["best"], state["best_epoch"] = val, e
            best = {k: v.clone() for k, v in ema.items()}
        print(f"{name} epoch {e + 1}/{row['epochs']} loss {loss:.4f} "
              f"val {100 * val:.2f} best {100 * state['best']:.2f} "
              f"{time.time() - start:.1f}s", flush=True)
        torch.save(dict(net=net.state_dict(), opt=opt.state_dict(), ema=ema,
                        best=best, state=state, recipe=recipe),
                   path.with_suffix(".tmp"))
        os.replace(path.with_suffix(".tmp"), path)
    averaged.load_state_dict(best)
    return averaged, state
