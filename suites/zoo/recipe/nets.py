"""The networks of the zoo, and the layers that compression puts into them."""

import torch
from torch import nn
from torch.nn import functional as F

CLASSES = 10


def conv_bn(cin, cout, stride=1, kernel=3, groups=1, act=nn.ReLU):
    return [nn.Conv2d(cin, cout, kernel, stride, kernel // 2, groups=groups,
                      bias=False), nn.BatchNorm2d(cout), act()]


def separable(cin, cout, stride):
    return (conv_bn(cin, cin, stride, groups=cin, act=nn.ReLU6)
            + conv_bn(cin, cout, kernel=1, act=nn.ReLU6))


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


class Attention(nn.Module):
    """Self-attention; `mask` (tokens x tokens, True: visible) makes it sparse.
    """

    def __init__(self, width, heads, tokens, mask=None):
        super().__init__()
        self.heads, self.tokens, self.each = heads, tokens, width // heads
        self.q = nn.Linear(width, width)
        self.k = nn.Linear(width, width)
        self.v = nn.Linear(width, width)
        self.out = nn.Linear(width, width)
        self.register_buffer("bias", None if mask is None else torch.where(
            mask, 0.0, -1e9).view(1, 1, tokens, tokens), persistent=False)

    def split(self, x):
        return x.reshape(-1, self.tokens, self.heads, self.each)

    def products(self):
        """Of scores and of their weights with values, for one image."""
        pairs = (self.tokens ** 2 if self.bias is None
                 else int((self.bias == 0).sum()))
        return 2 * pairs * self.heads * self.each

    def forward(self, x):
        q = self.split(self.q(x)).permute(0, 2, 1, 3)
        v = self.split(self.v(x)).permute(0, 2, 1, 3)
        if self.training:  # the same mathematics, faster to train
            k = self.split(self.k(x)).permute(0, 2, 1, 3)
            with torch.autocast("cpu", enabled=False):
                y = F.scaled_dot_product_attention(
                    q.float(), k.float(), v.float(), self.bias)
            return self.out(y.permute(0, 2, 1, 3).reshape(
                -1, self.tokens, self.heads * self.each))
        k = self.split(self.k(x)).permute(0, 2, 3, 1)
        s = torch.matmul(q, k) * self.each ** -0.5
        if self.bias is not None:
            s = s + self.bias
        y = torch.matmul(torch.softmax(s, -1), v).permute(0, 2, 1, 3)
        return self.out(y.reshape(-1, self.tokens, self.heads * self.each))


class Block(nn.Module):
    """Pre-norm transformer block."""

    def __init__(self, width, heads, hidden, tokens, drop, mask):
        super().__init__()
        self.an = nn.LayerNorm(width)
        self.a = Attention(width, heads, tokens, mask)
        self.mn = nn.LayerNorm(width)
        self.up = nn.Linear(width, hidden)
        self.down = nn.Linear(hidden, width)
        self.drop = nn.Dropout(drop)

    def forward(self, x):
        x = x + self.drop(self.a(self.an(x)))
        return x + self.drop(self.down(F.gelu(self.up(self.mn(x)))))


class Vit(nn.Module):
    """Patch transformer: two strided convolutions make 7 x 7 tokens."""

    def __init__(self, width, heads, depth, hidden, drop, mask=None):
        super().__init__()
        self.stem = nn.Sequential(*conv_bn(1, width // 2, 2),
                                  nn.Conv2d(width // 2, width, 3, 2, 1))
        self.width, self.tokens = width, 49
        self.place = nn.Parameter(0.02 * torch.randn(1, 49, width))
        self.drop = nn.Dropout(drop)
        self.blocks = nn.Sequential(*[
            Block(width, heads, hidden, 49, drop, mask)
            for _ in range(depth)])
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, CLASSES)

    def forward(self, x):
        x = self.stem(x).reshape(-1, self.width, self.tokens).transpose(1, 2)
        x = self.blocks(self.drop(x + self.place))
        return self.head(self.norm(x).mean(1))


def mlp(width=(176, 112), drop=0.15):
    layers, last = [nn.Flatten()], 784
    for n in width:
        layers += [nn.Linear(last, n), nn.BatchNorm1d(n), nn.ReLU(),
                   nn.Dropout(drop)]
        last = n
    return nn.Sequential(*layers, nn.Linear(last, CLASSES))


def cnn(width=(16, 32, 72, 100), drop=0.1):
    a, b, c, d = width
    return nn.Sequential(
        *conv_bn(1, a), nn.MaxPool2d(2),
        *conv_bn(a, b), *conv_bn(b, c), nn.MaxPool2d(2),
        *conv_bn(c, d), nn.AdaptiveAvgPool2d(1), nn.Flatten(),
        nn.Dropout(drop), nn.Linear(d, CLASSES))


def dscnn(width=(32, 64, 64, 128, 128)):
    a, b, c, d, e = width
    return nn.Sequential(
        *conv_bn(1, a),
        *separable(a, b, 2), *separable(b, c, 1),
        *separable(c, d, 2), *separable(d, e, 1),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(e, CLASSES))


def resnet(width=(32, 64, 128)):
    a, b, c = width
    return nn.Sequential(
        *conv_bn(1, a), Residual(a, a, 1),
        Residual(a, b, 2), Residual(b, b, 1),
        Residual(b, c, 2), Residual(c, c, 1),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(c, CLASSES))


def window_mask(tokens, window):
    """Token i sees token j where |i - j| < window."""
    i = torch.arange(tokens)
    return (i.view(-1, 1) - i.view(1, -1)).abs() < window


def block_mask(tokens, block):
    """A block of `block` tokens (a row of patches) sees itself and the next
    blocks on both sides."""
    i = torch.arange(tokens) // block
    return (i.view(-1, 1) - i.view(1, -1)).abs() <= 1


def vit(width=64, heads=4, depth=4, hidden=128, drop=0.1, mask=None):
    if mask is not None:
        kind, size = mask
        mask = {"window": window_mask, "block": block_mask}[kind](49, size)
    return Vit(width, heads, depth, hidden, drop, mask)
