"""Makes the models of the table: one function a kind, each of which gives the
network that predicts, what is known of its training, and the ONNX model."""

import copy
import json

import torch
from torch import nn
from torch.nn import functional as F

from . import export, learn, nets, philox, quant, shrink
from .table import ZOO, row_of
from .teacher import Teacher

CALIBRATION = 1024  # training images
PERCENTILES = (100, 99.99, 99.9)


class Maker:
    """Data, folders and the trained networks so far."""

    def __init__(self, parts, work, out):
        self.parts, self.work, self.out = parts, work, out
        self.nets = {}

    def manifest(self):
        path = self.out / "manifest.json"
        return json.loads(path.read_text()) if path.exists() else {}

    def net_of(self, name):
        """A trained network of floats: from its ONNX file where there is one
        of this recipe, else trained."""
        if name not in self.nets:
            row = row_of(name)
            entry = self.manifest().get(name)
            if entry and entry["recipe"].get("train") == row["train"] \
                    and entry["recipe"].get("net") == described(row):
                net = build(row)
                net.load_state_dict(
                    export.load_weights(self.out / entry["file"]),
                    strict=False)
                self.nets[name] = net.eval()
            else:
                self.make(name)
        return copy.deepcopy(self.nets[name])

    def start_of(self, row):
        return self.net_of(row.get("start", row["base"]))

    def teacher_of(self, row):
        if "teacher" not in row:
            return None
        return Teacher(row["teacher"], self.net_of(row["teacher"]),
                       row["train"], self.parts[0], self.work)

    def train(self, name, row, net, after=None):
        return learn.train(name, net, row, self.parts, self.work,
                           self.teacher_of(row), after)

    def make(self, name):
        """(network, state of the training, ONNX model, facts)"""
        row = row_of(name)
        net, state, model, facts = KINDS[row["kind"]](self, name, row)
        self.nets[name] = net
        return net, state, model, facts


def described(row):
    """A row's network as JSON has it."""
    return json.loads(json.dumps(row.get("net")))


def build(row):
    torch.manual_seed(row["train"]["seed"])
    function, arguments = row["net"]
    arguments = {k: tuple(v) if isinstance(v, list) else v
                 for k, v in arguments.items()}
    return (getattr(nets, function, None)
            or getattr(shrink, function))(**arguments)


def to_onnx(maker, net, name):
    return export.write(net, maker.work / f"{name}.onnx")


def plain(maker, name, row):
    net, state = maker.train(name, row, build(row))
    return net, state, to_onnx(maker, net, name), {}


def prune(maker, name, row):
    net = maker.start_of(row)
    for m in net.modules():
        if isinstance(m, nn.Dropout):
            m.p = row.get("drop", m.p)
    pruner = shrink.Pruner(net, row["pattern"], row["share"])
    row["train"]["settle"] = -(-row["train"]["epochs"] // 2)
    net, state = maker.train(name, row, net, pruner)
    pruner.apply(list(shrink.prunable(net).values()))
    model = to_onnx(maker, net, name)
    export.store_sparse(model)
    return net, state, model, dict(zeros=round(shrink.zeros_of(net), 4))


def slim(maker, name, row):
    net = shrink.slim(maker.start_of(row), build(row))
    net, state = maker.train(name, row, net)
    return net, state, to_onnx(maker, net, name), {}


def masked(maker, name, row):
    net = build(row)
    net.load_state_dict(maker.start_of(row).state_dict())
    net, state = maker.train(name, row, net)
    bias = next(m.bias for m in net.modules()
                if isinstance(m, nets.Attention))
    return net, state, to_onnx(maker, net, name), dict(
        visible=round((bias == 0).double().mean().item(), 4))


def low_rank(maker, name, row):
    net = shrink.low_rank(maker.start_of(row), row["ranks"])
    net, state = maker.train(name, row, net)
    return net, state, to_onnx(maker, net, name), {}


def share_values(maker, name, row):
    net = shrink.share_values(maker.start_of(row), row["values"])
    net, state = maker.train(name, row, net)
    net = without_parametrizations(net)
    model = to_onnx(maker, net, name)
    export.store_shared(model)
    return net, state, model, {}


def without_parametrizations(net):
    for m in net.modules():
        if nn.utils.parametrize.is_parametrized(m, "weight"):
            with torch.no_grad():
                value = m.weight.clone()
            nn.utils.parametrize.remove_parametrizations(
                m, "weight", leave_parametrized=False)
            m.weight = nn.Parameter(value)
    return net


def calibrated(maker, net, per_channel):
    """With the ranges that validate best; (network, what was chosen)."""
    images = maker.parts[0][0][:CALIBRATION]
    best = None
    for equal in (False,) if per_channel else (False, True):
        for percentile in PERCENTILES:
            tried = quant.calibrate(
                quant.quantized(net, per_channel, equal), images, percentile)
            val = learn.accuracy(tried, maker.parts[1])
            if best is None or val > best[0]:
                best = (val, tried, dict(
                    percentile=percentile, equalized=equal,
                    calibration_images=CALIBRATION))
    return best[1], best[2]


def post_training(maker, name, row):
    net, chosen = calibrated(maker, maker.start_of(row), row["per_channel"])
    net = quant.freeze(net, maker.parts[0][0][0])
    return net, None, to_onnx(maker, net, name), chosen


def quantization_aware(maker, name, row):
    net, chosen = calibrated(maker, maker.start_of(row), row["per_channel"])
    net, state = maker.train(name, row, net)
    net = quant.freeze(net, maker.parts[0][0][0])
    return net, state, to_onnx(maker, net, name), chosen


def binary(maker, name, row):
    """Signs inside, trained; 8 bits at both ends, afterwards."""
    net, state = maker.train(name, row, build(row))
    net = quant.folded(net)
    # What is left of floats at the ends is rounded by the same means.
    net, chosen = calibrated(maker, net, True)
    net = without_binary(quant.freeze(net, maker.parts[0][0][0]))
    model = to_onnx(maker, net, name)
    export.store_signs(model)
    return net, state, model, chosen


def without_binary(net):
    """Signs times sizes as plain weights; rounded ones stay simulated."""
    for m in net.modules():
        if nn.utils.parametrize.is_parametrized(m, "weight") and isinstance(
                m.parametrizations.weight[0], shrink.BinaryWeight):
            with torch.no_grad():
                value = m.weight.clone()
            nn.utils.parametrize.remove_parametrizations(
                m, "weight", leave_parametrized=False)
            m.weight = nn.Parameter(value)
    return net


class Halved(nn.Module):
    """A network of floats whose weights and tensors are rounded to halves."""

    def __init__(self, net):
        super().__init__()
        self.net = copy.deepcopy(net).half()

    def forward(self, x):
        return self.net(x.half()).float()


def half(maker, name, row):
    net = maker.start_of(row)
    model = to_onnx(maker, net, name)
    export.to_half(model)
    return Halved(net), None, model, {}


class MonteCarlo(nn.Module):
    """The logarithm of the mean class probabilities of `samples` passes with
    dropout. While exporting, passes are stacked in front of the first dropout;
    while predicting here, masks are those of Assay's generator."""

    def __init__(self, net, samples):
        super().__init__()
        self.net, self.samples, self.exporting = net, samples, False

    def drop(self, x, rate, seed):
        if self.exporting:
            return F.dropout(x, rate, True)
        mask = torch.from_numpy(philox.dropout_mask(x.numel(), rate, seed))
        return x * mask.view_as(x)

    def forward(self, x):
        stacked, seed = False, 0
        for m in self.net:
            if not isinstance(m, nn.Dropout):
                x = m(x)
                continue
            seed += 1
            if not stacked:
                x, stacked = torch.cat([x] * self.samples), True
            x = self.drop(x, m.p, seed)
        p = torch.softmax(x, 1).reshape(self.samples, -1, nets.CLASSES)
        return torch.log(p.mean(0))


def monte_carlo(maker, name, row):
    net = MonteCarlo(maker.start_of(row), row["samples"]).eval()
    with torch.no_grad():  # three files of one network: stored as halves
        for p in net.parameters():
            if p.ndim > 1:
                p.copy_(p.half().float())
    net.exporting = True
    model = to_onnx(maker, net, name)
    net.exporting = False
    drops = sum(isinstance(m, nn.Dropout) for m in net.net)
    export.set_seeds(model, range(1, drops + 1))
    export.store_half(model)
    return net, None, model, {}


KINDS = {f.__name__: f for f in (
    plain, prune, slim, masked, low_rank, share_values, post_training,
    quantization_aware, binary, half, monte_carlo)}

EXACT = ("post_training", "quantization_aware", "binary")

assert all(row["kind"] in KINDS for row in ZOO.values())
