"""Variants that change the weights or the shape of a trained network: pruned,
shared, low-rank, binarized. Each function changes a network in place (or
returns a new one) and gives what the training must do after every step.
"""

import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils import parametrize

from . import nets


def layers_of(net):
    """Convolutions and linear layers, by name."""
    return {k: m for k, m in net.named_modules()
            if isinstance(m, (nn.Conv2d, nn.Linear))}


def prunable(net):
    """All but the last layer and, among convolutions, the first one: they are
    small, and the most sensitive ones."""
    named = list(layers_of(net).items())
    return {k: m for i, (k, m) in enumerate(named)
            if i < len(named) - 1
            and not (i == 0 and isinstance(m, nn.Conv2d))}


# -- Zeros -------------------------------------------------------------------

def mask_unstructured(modules, share):
    """The smallest weights of all layers together."""
    sizes = torch.cat([m.weight.detach().abs().flatten() for m in modules])
    limit = sizes.kthvalue(max(1, round(share * sizes.numel())))[0]
    return [(m.weight.detach().abs() > limit) for m in modules]


def lamp(w):
    """Squares of weights over the sum of the squares of their layer that are
    not smaller (Lee et al., arXiv 2010.07611): comparable among layers, none
    of which runs empty."""
    square, order = w.detach().flatten().square().double().sort()
    left = square.flip(0).cumsum(0).flip(0)
    return torch.empty_like(square).scatter_(
        0, order, square / left.clamp_min(1e-300)).view_as(w)


def mask_lamp(modules, share):
    """The weights of the smallest scores of all layers together."""
    scores = [lamp(m.weight) for m in modules]
    every = torch.cat([s.flatten() for s in scores])
    limit = every.kthvalue(max(1, round(share * every.numel())))[0]
    return [s > limit for s in scores]


def mask_2of4(modules, share):
    """The two smallest of every four consecutive inputs; `share` grows from 0
    to 1/2 and is not needed: the pattern is there from the start."""
    masks = []
    for m in modules:
        w = m.weight.detach().abs()
        if w.shape[1] % 4:
            masks.append(torch.ones_like(w, dtype=torch.bool))
            continue
        groups = w.movedim(1, -1)
        groups = groups.reshape(*groups.shape[:-1], -1, 4)
        keep = torch.zeros_like(groups, dtype=torch.bool)
        keep.scatter_(-1, groups.topk(2, -1).indices, True)
        masks.append(keep.flatten(-2).movedim(-1, 1))
    return masks


def mask_block16(modules, share):
    """Blocks of 16 outputs by one input, the weakest of each layer."""
    masks = []
    for m in modules:
        w = m.weight.detach().abs()
        n = w.shape[0]
        padded = F.pad(w.flatten(1), (0, 0, 0, -n % 16))
        blocks = padded.view(-1, 16, padded.shape[1]).sum(1)
        limit = blocks.flatten().kthvalue(
            max(1, round(share * blocks.numel())))[0]
        keep = (blocks > limit).repeat_interleave(16, 0)[:n]
        masks.append(keep.view_as(w))
    return masks


class Pruner:
    """Raises the share of zeros from 0 to `share` within the first half of a
    training (Zhu and Gupta, arXiv 1710.01878) and keeps it from there on."""

    EVERY = 40

    def __init__(self, net, pattern, share):
        self.modules = list(prunable(net).values())
        self.find = {"unstructured": mask_unstructured, "lamp": mask_lamp,
                     "2:4": mask_2of4, "block16": mask_block16}[pattern]
        self.share, self.step, self.masks = share, 0, None

    def __call__(self, done):
        if self.masks is None or (self.step % self.EVERY == 0 and done < 0.5):
            ramp = min(1.0, done / 0.45)
            self.masks = self.find(self.modules,
                                   self.share * (1 - (1 - ramp) ** 3))
        self.step += 1
        self.apply(self.modules)

    def apply(self, modules):
        with torch.no_grad():
            for m, keep in zip(modules, self.masks):
                m.weight.mul_(keep)

    def state_dict(self):
        return dict(step=self.step, masks=self.masks)

    def load_state_dict(self, state):
        self.step, self.masks = state["step"], state["masks"]


def zeros_of(net):
    """The share of zeros among the weights of all layers."""
    weights = [m.weight for m in layers_of(net).values()]
    return (sum(int((w == 0).sum()) for w in weights)
            / sum(w.numel() for w in weights))


# -- Channels ----------------------------------------------------------------

def strongest(norm, keep):
    """The channels with the largest scales of batch normalization (Liu et al.,
    arXiv 1708.06519), in their order."""
    return norm.weight.detach().abs().topk(keep).indices.sort().values


def take(old, new, outputs, inputs):
    """Copy the chosen outputs and inputs of one layer into a smaller one."""
    with torch.no_grad():
        w = old.weight if outputs is None else old.weight[outputs]
        if inputs is not None and w.shape[1] > 1:
            w = w[:, inputs]
        new.weight.copy_(w)
        if old.bias is not None:
            new.bias.copy_(old.bias if outputs is None
                           else old.bias[outputs])


def slim(net, smaller):
    """Keep the strongest channels of a sequential network as the smaller
    network of the same form has room for."""
    kept = None
    olds, news = list(net), list(smaller)
    for i, (old, new) in enumerate(zip(olds, news)):
        if isinstance(old, (nn.Conv2d, nn.Linear)):
            norm = olds[i + 1] if i + 1 < len(olds) else None
            depthwise = isinstance(old, nn.Conv2d) and old.groups > 1
            if depthwise:
                take(old, new, kept, None)
                continue
            outputs = (strongest(norm, new.weight.shape[0])
                       if isinstance(norm, (nn.BatchNorm1d, nn.BatchNorm2d))
                       else None)
            take(old, new, outputs, kept)
            kept = outputs
        elif isinstance(old, (nn.BatchNorm1d, nn.BatchNorm2d)):
            with torch.no_grad():
                for name in ("weight", "bias", "running_mean", "running_var"):
                    getattr(new, name).copy_(getattr(old, name)[kept])
    return smaller


# -- Thin matrices -----------------------------------------------------------

def factored(linear, rank):
    """A linear layer as two, by singular values."""
    u, s, v = torch.linalg.svd(linear.weight.detach(), full_matrices=False)
    root = s[:rank].sqrt()
    down = nn.Linear(linear.in_features, rank, bias=False)
    up = nn.Linear(rank, linear.out_features)
    with torch.no_grad():
        down.weight.copy_(root[:, None] * v[:rank])
        up.weight.copy_(u[:, :rank] * root)
        up.bias.copy_(linear.bias)
    return nn.Sequential(down, up)


def low_rank(net, ranks):
    """Layers by (a part of) their names to ranks."""
    for name, m in list(layers_of(net).items()):
        for part, rank in ranks.items():
            if isinstance(m, nn.Linear) and name.endswith(part):
                parent, _, leaf = name.rpartition(".")
                setattr(net.get_submodule(parent), leaf, factored(m, rank))
    return net


# -- Shared values -----------------------------------------------------------

def k_means(values, k, rounds=50):
    """Lloyd's algorithm on numbers, from quantiles; centres and indices."""
    values = values.flatten()
    centres = torch.quantile(values, torch.linspace(0, 1, 2 * k + 1)[1::2])
    for _ in range(rounds):
        edges = (centres[1:] + centres[:-1]) / 2
        index = torch.bucketize(values, edges)
        count = torch.bincount(index, minlength=k).clamp(min=1)
        total = torch.zeros(k).index_add_(0, index, values)
        centres = torch.where(torch.bincount(index, minlength=k) > 0,
                              total / count, centres).sort().values
    edges = (centres[1:] + centres[:-1]) / 2
    return centres, torch.bucketize(values, edges)


class Codebook(nn.Module):
    """A weight that takes its values from a table, which is trained."""

    def __init__(self, index):
        super().__init__()
        self.register_buffer("index", index)

    def forward(self, table):
        return table[self.index]

    def right_inverse(self, table):
        return table


def share_values(net, k):
    """Give every layer but the last `k` values for its weights."""
    for m in prunable(net).values():
        centres, index = k_means(m.weight.detach(), k)
        shape = m.weight.shape
        book = Codebook(index.view(shape))
        del m.weight
        m.weight = nn.Parameter(centres)
        parametrize.register_parametrization(m, "weight", book, unsafe=True)
    return net


# -- Signs -------------------------------------------------------------------

class SignSte(torch.autograd.Function):
    """The sign, whose gradient passes where |x| <= 1 (Hubara et al., arXiv
    1602.02830)."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.sign()

    @staticmethod
    def backward(ctx, grad):
        x, = ctx.saved_tensors
        return grad * (x.abs() <= 1)


class Sign(nn.Module):
    def forward(self, x):
        return SignSte.apply(x) if self.training else torch.sign(x)


class BinaryWeight(nn.Module):
    """Signs times one size for each output (Rastegari et al., arXiv
    1603.05279)."""

    def forward(self, w):
        size = w.abs().flatten(1).mean(1).view(-1, *[1] * (w.ndim - 1))
        sign = SignSte.apply(w) if self.training else torch.sign(w)
        # A weight of zero counts as positive, as in the kernels.
        return size * torch.where(w == 0, torch.ones_like(w), sign)


def binary(layer):
    parametrize.register_parametrization(layer, "weight", BinaryWeight())
    return layer


def binary_mlp(width=(256, 256, 256)):
    """First and last layer in full, signs between them."""
    a, *rest = width
    layers = [nn.Flatten(), nn.Linear(784, a), nn.BatchNorm1d(a)]
    for n in rest:
        layers += [Sign(), binary(nn.Linear(a, n, False)), nn.BatchNorm1d(n)]
        a = n
    return nn.Sequential(*layers, nn.ReLU(), nn.Linear(a, nets.CLASSES))


def binary_cnn(width=(32, 64, 128, 128)):
    a, b, c, d = width

    def conv(cin, cout):
        return [Sign(), binary(nn.Conv2d(cin, cout, 3, 1, 1, bias=False))]
    return nn.Sequential(
        nn.Conv2d(1, a, 3, 1, 1, bias=False), nn.BatchNorm2d(a),
        nn.MaxPool2d(2),
        *conv(a, b), nn.BatchNorm2d(b),
        *conv(b, c), nn.BatchNorm2d(c), nn.MaxPool2d(2),
        *conv(c, d), nn.BatchNorm2d(d), nn.ReLU(),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(d, nets.CLASSES))
