#!/usr/bin/env python3
"""Export networks that are not in the zoo, with what PyTorch computes.

    python3 export.py [FOLDER]

For each: NAME.onnx, and NAME.input and NAME.output, raw little-endian float32
of IMAGES inputs, for test_foreign.c. Weights are random, normalization has
statistics of its own, so that nothing hides behind ones and zeros.
"""

import sys
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F

IMAGES = 3


class LeNet5(nn.Module):
    """LeCun et al. 1998, with average pooling and tanh."""

    def __init__(self):
        super().__init__()
        self.c1 = nn.Conv2d(1, 6, 5)
        self.c3 = nn.Conv2d(6, 16, 5)
        self.c5 = nn.Linear(400, 120)
        self.f6 = nn.Linear(120, 84)
        self.out = nn.Linear(84, 10)

    def forward(self, x):
        x = F.avg_pool2d(torch.tanh(self.c1(x)), 2)
        x = F.avg_pool2d(torch.tanh(self.c3(x)), 2)
        x = torch.tanh(self.c5(torch.flatten(x, 1)))
        return self.out(torch.tanh(self.f6(x)))


class Basic(nn.Module):
    def __init__(self, cin, cout, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(cin, cout, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(cout)
        self.conv2 = nn.Conv2d(cout, cout, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(cout)
        self.down = nn.Sequential(
            nn.Conv2d(cin, cout, 1, stride, bias=False), nn.BatchNorm2d(cout)
        ) if stride != 1 or cin != cout else nn.Identity()

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1(x)))
        return F.relu(self.bn2(self.conv2(y)) + self.down(x))


def resnet8():
    """The CIFAR network of MLPerf Tiny, 16 to 64 channels."""
    return nn.Sequential(
        nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU(),
        Basic(16, 16, 1), Basic(16, 32, 2), Basic(32, 64, 2),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10))


class BertLayer(nn.Module):
    """A post-norm encoder layer over embedded tokens, and a classifier on the
    first one."""

    def __init__(self, width=64, heads=4, tokens=20):
        super().__init__()
        self.heads, self.tokens, self.width = heads, tokens, width
        self.query = nn.Linear(width, width)
        self.key = nn.Linear(width, width)
        self.value = nn.Linear(width, width)
        self.dense = nn.Linear(width, width)
        self.norm1 = nn.LayerNorm(width, eps=1e-12)
        self.intermediate = nn.Linear(width, 4 * width)
        self.output = nn.Linear(4 * width, width)
        self.norm2 = nn.LayerNorm(width, eps=1e-12)
        self.classifier = nn.Linear(width, 3)

    def heads_of(self, x):
        return x.view(-1, self.tokens, self.heads,
                      self.width // self.heads).permute(0, 2, 1, 3)

    def forward(self, x):
        q, k, v = (self.heads_of(f(x))
                   for f in (self.query, self.key, self.value))
        scores = torch.matmul(q, k.transpose(-1, -2))
        scores = scores / (self.width // self.heads) ** 0.5
        context = torch.matmul(torch.softmax(scores, -1), v)
        context = context.permute(0, 2, 1, 3).contiguous().view(
            -1, self.tokens, self.width)
        x = self.norm1(x + self.dense(context))
        x = self.norm2(x + self.output(F.gelu(self.intermediate(x))))
        return self.classifier(x[:, 0])


class Encoder(nn.Module):
    """PyTorch's own encoder, whose exporter computes shapes at length."""

    def __init__(self, width=32, heads=4, layers=2):
        super().__init__()
        self.encoder = nn.TransformerEncoder(
            nn.TransformerEncoderLayer(width, heads, 2 * width,
                                       activation="gelu", batch_first=True),
            layers)
        for p in self.encoder.parameters():  # its layers begin as copies
            nn.init.normal_(p, 0 if p.ndim > 1 else 0.5, 0.2)
        self.classifier = nn.Linear(width, 3)

    def forward(self, x):
        return self.classifier(self.encoder(x).mean(1))


MODELS = {"lenet5": (LeNet5, (1, 32, 32)), "resnet8": (resnet8, (3, 32, 32)),
          "bertlayer": (BertLayer, (20, 64)), "encoder": (Encoder, (20, 32))}


def main():
    out = Path(sys.argv[1] if len(sys.argv) > 1 else
               Path(__file__).resolve().parent)
    for name, (make, shape) in MODELS.items():
        torch.manual_seed(7)
        net = make().eval()
        for m in net.modules():
            if isinstance(m, nn.BatchNorm2d):
                m.running_mean.normal_(0, 0.2)
                m.running_var.uniform_(0.5, 2)
                m.weight.data.uniform_(0.5, 1.5)
                m.bias.data.normal_(0, 0.2)
        x = torch.randn(IMAGES, *shape)
        with torch.no_grad():
            y = net(x)
        (out / f"{name}.input").write_bytes(x.numpy().astype("<f4").tobytes())
        (out / f"{name}.output").write_bytes(y.numpy().astype("<f4").tobytes())
        torch.onnx.export(net, x[:1], str(out / f"{name}.onnx"),
                          input_names=["input"], output_names=["output"],
                          dynamic_axes={"input": {0: "batch"},
                                        "output": {0: "batch"}},
                          opset_version=17, dynamo=False)


if __name__ == "__main__":
    main()
