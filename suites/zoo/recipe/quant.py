"""INT8: folded normalization, ranges from calibration, simulated rounding.

Activations have one scale and zero point a tensor, weights are symmetric, with
one scale a layer or one an output. The simulation is what QuantizeLinear and
DequantizeLinear compute, and is exported as them.
"""

import copy

import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils import parametrize
from torch.nn.utils.fusion import fuse_conv_bn_eval, fuse_linear_bn_eval

from . import nets

NORMS = (nn.BatchNorm1d, nn.BatchNorm2d)
SAMPLES = 20000  # values kept of one tensor and one call while calibrating


def is_plain(m):
    return (isinstance(m, (nn.Conv2d, nn.Linear))
            and not parametrize.is_parametrized(m))


def fuse(layer, norm):
    return (fuse_conv_bn_eval if isinstance(layer, nn.Conv2d)
            else fuse_linear_bn_eval)(layer, norm)


def folded(net):
    """A copy without dropout whose normalizations are folded into the layers
    before them, where those are of full precision."""
    net = copy.deepcopy(net).eval()
    for m in list(net.modules()):
        if isinstance(m, nets.Residual):
            m.a, m.an = fuse(m.a, m.an), nn.Identity()
            m.b, m.bn = fuse(m.b, m.bn), nn.Identity()
        if isinstance(m, nn.Sequential):
            fold_sequence(m)
    return net


def fold_sequence(seq):
    out = []
    for m in seq:
        if isinstance(m, nn.Dropout):
            continue
        if isinstance(m, NORMS) and out and is_plain(out[-1]):
            out[-1] = fuse(out[-1], m)
        else:
            out.append(m)
    replace(seq, out)


def replace(seq, layers):
    seq._modules.clear()
    for i, m in enumerate(layers):
        seq.add_module(str(i), m)


def equalize(seq):
    """Give the channels between two layers of a folded sequence equal ranges
    on both sides (Nagel et al., arXiv 1906.04721). What is behind ReLU6 is
    only ever scaled down, so that its limit can only grow."""
    layers = [(i, m) for i, m in enumerate(seq) if is_plain(m)]
    for _ in range(20):
        for (i, a), (j, b) in zip(layers, layers[1:]):
            if any(isinstance(m, nets.Residual) for m in seq[i:j]):
                continue
            depthwise = isinstance(b, nn.Conv2d) and b.groups > 1
            to = b.weight if depthwise else b.weight.transpose(0, 1)
            if len(to) != len(a.weight):
                continue
            size_a = a.weight.detach().abs().flatten(1).amax(1) + 1e-8
            size_b = to.detach().abs().flatten(1).amax(1) + 1e-8
            s = (size_a / size_b).sqrt()
            s = s / s.min()
            with torch.no_grad():
                a.weight.div_(s.view(-1, *[1] * (a.weight.ndim - 1)))
                a.bias.div_(s)
                to.mul_(s.view(-1, *[1] * (to.ndim - 1)))


def is_simple(module):
    """Whether to leave rounding to PyTorch: to learn and to export."""
    return module.training or torch.onnx.is_in_onnx_export()


def rounded(x, scale, zero):
    """What QuantizeLinear and DequantizeLinear make of x, to the bit."""
    q = torch.clamp(torch.round(x / scale) + zero, -128, 127)
    return (q - zero) * scale


class Fake(nn.Module):
    """An activation rounded to 8 bits, once its range is known."""

    def __init__(self):
        super().__init__()
        self.register_buffer("scale", torch.tensor(1.0))
        self.register_buffer("zero", torch.tensor(0, dtype=torch.int32))
        self.seen, self.mode = [], "off"

    def forward(self, x):
        if self.mode == "see":
            flat = x.detach().flatten()
            self.seen.append(torch.cat([
                flat[::max(1, flat.numel() // SAMPLES)],
                torch.stack([flat.min(), flat.max()])]))
        if self.mode != "on":
            return x
        if not is_simple(self):
            return rounded(x, self.scale, self.zero)
        return torch.fake_quantize_per_tensor_affine(
            x.float(), self.scale, self.zero, -128, 127)

    def settle(self, percentile):
        """The range that holds `percentile` of what was seen, and zero."""
        seen = torch.cat(self.seen).double()
        if percentile >= 100:
            low, high = seen.min(), seen.max()
        else:
            order = seen.sort().values
            cut = (100 - percentile) / 100
            at = lambda q: order[min(len(order) - 1,  # noqa: E731
                                     int(q * len(order)))]
            low, high = at(cut), at(1 - cut)
        low, high = min(low.item(), 0.0), max(high.item(), 1e-6)
        scale = torch.tensor((high - low) / 255, dtype=torch.float32)
        self.scale.copy_(scale)
        self.zero.fill_(round(-128 - low / scale.item()))
        self.mode = "on"


class FakeWeight(nn.Module):
    """A weight rounded to 8 bits; its scale follows it until it is frozen."""

    def __init__(self, per_channel):
        super().__init__()
        self.per_channel = per_channel
        self.frozen = None

    def scale_of(self, w):
        size = w.detach().abs()
        size = size.flatten(1).amax(1) if self.per_channel else size.max()
        return (size / 127).clamp(min=1e-12)

    def forward(self, w):
        scale = self.scale_of(w) if self.frozen is None else self.frozen
        if not is_simple(self):
            if self.per_channel:
                scale = scale.view(-1, *[1] * (w.ndim - 1))
            return rounded(w, scale, 0)
        if self.per_channel:
            zero = torch.zeros(len(scale), dtype=torch.int32)
            return torch.fake_quantize_per_channel_affine(
                w.float(), scale, zero, 0, -128, 127)
        return torch.fake_quantize_per_tensor_affine(
            w.float(), scale, torch.tensor(0, dtype=torch.int32), -128, 127)


class QResidual(nn.Module):
    """nets.Residual with rounding wherever a tensor is written."""

    def __init__(self, old):
        super().__init__()
        self.a, self.b, self.skip = old.a, old.b, old.skip
        self.fa, self.fb, self.fy = Fake(), Fake(), Fake()
        self.fs = Fake() if self.skip is not None else None

    def forward(self, x):
        # The skip connection first: freeze() takes the last rounding that ran
        # for that of a layer's input.
        s = x if self.skip is None else self.skip(x)
        y = self.fb(self.b(self.fa(F.relu(self.a(x)))))
        s = s if self.skip is None else self.fs(s)
        return self.fy(F.relu(y + s))


def with_fakes(seq, first):
    """Rounding in front of a sequence (if `first`) and behind all that writes
    a tensor of new values for another layer to read."""
    out = [Fake()] if first else []
    for m in seq:
        if isinstance(m, nets.Residual):
            out.append(QResidual(m))
            continue
        out.append(m)
        if isinstance(m, (nn.ReLU, nn.ReLU6, nn.AdaptiveAvgPool2d)):
            out.append(Fake())
    replace(seq, out)


def quantized(net, per_channel, equal=False):
    """The folded copy of a network with simulated rounding, not calibrated."""
    net = folded(net)
    if equal and isinstance(net, nn.Sequential):
        equalize(net)
    if isinstance(net, nets.Vit):
        with_fakes(net.stem, True)
        for b in net.blocks:
            b.an, b.mn = (nn.Sequential(b.an, Fake()),
                          nn.Sequential(b.mn, Fake()))
            b.a.out = nn.Sequential(Fake(), b.a.out)
            b.down = nn.Sequential(Fake(), b.down)
        net.head = nn.Sequential(Fake(), net.head)
    else:
        with_fakes(net, True)
    for m in list(net.modules()):
        if is_plain(m):
            parametrize.register_parametrization(m, "weight",
                                                 FakeWeight(per_channel))
    return net


@torch.no_grad()
def calibrate(net, images, percentile):
    """Ranges from images of bytes."""
    fakes = [m for m in net.modules() if isinstance(m, Fake)]
    for m in fakes:
        m.seen, m.mode = [], "see"
    net.eval()
    for batch in images.split(64):
        net(batch.float() / 255)
    for m in fakes:
        m.settle(percentile)
        m.seen = []
    return net


def is_quantized(m):
    return (parametrize.is_parametrized(m, "weight")
            and isinstance(m.parametrizations.weight[0], FakeWeight))


@torch.no_grad()
def freeze(net, image):
    """Fix the scales of the weights, so that they are constants, and round
    biases to whole multiples of the products' scale, as the 32-bit sums of
    integer kernels have them. `image`: any, of bytes."""
    last, hooks = [], []

    def freeze_layer(layer, _):
        fake = layer.parametrizations.weight[0]
        fake.frozen = fake.scale_of(layer.parametrizations.weight.original)
        if layer.bias is not None and last:
            unit = last[-1].scale.double() * fake.frozen.double()
            layer.bias.copy_(torch.round(layer.bias.double() / unit) * unit)

    for m in net.modules():
        if isinstance(m, Fake):
            hooks.append(m.register_forward_hook(
                lambda fake, *_: last.append(fake)))
        elif is_quantized(m):
            hooks.append(m.register_forward_pre_hook(freeze_layer))
    net.eval()(image[None].float() / 255)
    for h in hooks:
        h.remove()
    return net
