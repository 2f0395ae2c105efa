# TResNet-M in plain PyTorch modules, as table 1 and figures 1 and 2 of arXiv 2003.13630 describe it: what somebody writes who reads the paper and
# uses no other library. Parameters have the names that published checkpoints use.
#
#   tresnet_m.py FIXTURE     checks it against an evaluation fixture with closed-form weights; says by how much it is off, exits 1 where too much
import json
import sys

import torch
from torch import nn
from torch.nn import functional as F

STEM_SLOPE = 0.01
SLOPE = 0.001


class SpaceToDepth(nn.Module):
    """Section 2.1: patches of 4 x 4 pixels become channels, in the order (row, column, colour)."""

    def forward(self, x):
        n, c, h, w = x.shape
        patches = x.reshape(n, c, h // 4, 4, w // 4, 4)
        return patches.permute(0, 3, 5, 1, 2, 4).reshape(n, 16 * c, h // 4, w // 4)


class Blur(nn.Module):
    """Section 2.2: [1 2 1] x [1 2 1] / 16 with stride 2 on reflected borders."""

    def __init__(self, channels):
        super().__init__()
        row = torch.tensor([1.0, 2.0, 1.0]) / 4
        kernel = torch.outer(row, row).expand(channels, 1, 3, 3).contiguous()
        self.register_buffer("kernel", kernel, persistent=False)

    def forward(self, x):
        return F.conv2d(F.pad(x, (1, 1, 1, 1), mode="reflect"), self.kernel, stride=2, groups=x.shape[1])


class ConvNormAct(nn.Module):
    """Convolution, normalisation, leaky ReLU (none where `slope` is None); a blur behind them in the place of a stride."""

    def __init__(self, inputs, outputs, side, slope=None, stride=1):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, side, padding=side // 2, bias=False)
        self.bn = nn.BatchNorm2d(outputs)
        self.act = nn.Identity() if slope is None else nn.LeakyReLU(slope, inplace=True)
        self.blur = Blur(outputs) if stride == 2 else nn.Identity()

    def forward(self, x):
        return self.blur(self.act(self.bn(self.conv(x))))


class SqueezeExcite(nn.Module):
    """Section 2.2: a gate for each channel from the means of all."""

    def __init__(self, channels, reduced):
        super().__init__()
        self.fc1 = nn.Conv2d(channels, reduced, 1)
        self.fc2 = nn.Conv2d(reduced, channels, 1)

    def forward(self, x):
        means = x.mean((2, 3), keepdim=True)
        return x * torch.sigmoid(self.fc2(F.relu(self.fc1(means), inplace=True)))


class Block(nn.Module):
    """Adds its input, halved by pooling and widened by a 1 x 1 convolution where its shape changes, to its branch."""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        if stride == 2:
            self.downsample = nn.Sequential(nn.AvgPool2d(2), ConvNormAct(inputs, outputs, 1))
        elif inputs != outputs:
            self.downsample = nn.Sequential(ConvNormAct(inputs, outputs, 1))
        else:
            self.downsample = nn.Identity()

    def forward(self, x):
        return F.relu(self.branch(x) + self.downsample(x), inplace=True)


class BasicBlock(Block):
    """Figure 2, left: attention after both convolutions, a quarter of the channels inside it."""

    def __init__(self, inputs, width, stride, attention):
        super().__init__(inputs, width, stride)
        self.conv1 = ConvNormAct(inputs, width, 3, SLOPE, stride)
        self.conv2 = ConvNormAct(width, width, 3)
        self.se = SqueezeExcite(width, max(width // 4, 64)) if attention else nn.Identity()

    def branch(self, x):
        return self.se(self.conv2(self.conv1(x)))


class Bottleneck(Block):
    """Figure 2, right: attention where channels are few, before the last convolution."""

    def __init__(self, inputs, width, stride, attention):
        super().__init__(inputs, 4 * width, stride)
        self.conv1 = ConvNormAct(inputs, width, 1, SLOPE)
        self.conv2 = ConvNormAct(width, width, 3, SLOPE, stride)
        self.se = SqueezeExcite(width, max(4 * width // 8, 64)) if attention else nn.Identity()
        self.conv3 = ConvNormAct(width, 4 * width, 1)

    def branch(self, x):
        return self.conv3(self.se(self.conv2(self.conv1(x))))


class TResNetM(nn.Module):
    """Images [N, 3, H, W], sides multiples of 4, to logits [N, classes]."""

    def __init__(self, classes=1000):
        super().__init__()
        self.body = nn.Sequential()
        self.body.add_module("s2d", SpaceToDepth())
        self.body.add_module("conv1", ConvNormAct(48, 64, 3, STEM_SLOPE))
        channels = 64
        stages = [(BasicBlock, 64, 3), (BasicBlock, 128, 4), (Bottleneck, 256, 11), (Bottleneck, 512, 3)]
        for number, (block, width, depth) in enumerate(stages, start=1):
            blocks = []
            for i in range(depth):
                blocks.append(block(channels, width, 2 if i == 0 and number > 1 else 1, attention=number < 4))
                channels = width if block is BasicBlock else 4 * width
            self.body.add_module(f"layer{number}", nn.Sequential(*blocks))
        self.head = nn.Sequential()
        self.head.add_module("fc", nn.Linear(channels, classes))

    def forward(self, x):
        return self.head(self.body(x).mean((2, 3)))


def samples(key, count):
    """The closed-form values of a name, evenly distributed over [-1, 1): "fmix32-v1"."""
    import numpy

    seed = 0x811C9DC5
    for byte in key.encode():
        seed = ((seed ^ byte) * 0x01000193) & 0xFFFFFFFF
    x = numpy.arange(count, dtype=numpy.uint32) * numpy.uint32(2654435761) + numpy.uint32(seed)
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35), (16, 1)):
        x ^= x >> numpy.uint32(shift)
        x *= numpy.uint32(factor)
    return torch.from_numpy(x / 2147483648.0 - 1.0)


def fill(network, k):
    """Gives every tensor the values of its name."""
    for key, tensor in network.state_dict().items():
        values = samples(key, tensor.numel()).reshape(tensor.shape)
        kind = key.rsplit(".", 1)[-1]
        if kind == "weight":
            fan_in = tensor.numel() // tensor.shape[0]
            tensor.copy_(values * (k / fan_in) ** 0.5 if tensor.dim() > 1 else 1 + 0.1 * values)
        elif kind in ("bias", "running_mean"):
            tensor.copy_(0.1 * values)
        elif kind == "running_var":
            tensor.copy_(1 + 0.2 * values)


def check(path):
    with open(path) as file:
        fixture = json.load(file)
    network = TResNetM().eval()
    fill(network, fixture["K"])
    shape = fixture["input"]["shape"]
    index = torch.arange(torch.Size(shape).numel(), dtype=torch.float64)
    with torch.no_grad():
        logits = network(torch.sin(0.011 * index).float().reshape(shape))
    expected = torch.tensor(fixture["fp32"]["logits_first16"])
    off = (logits[:, :16] - expected).abs().max().item()
    parameters = sum(parameter.numel() for parameter in network.parameters())
    print(f"{parameters} parameters, logits off by {off:.1e}")
    return parameters == fixture["num_params"] and off <= 1e-4 * max(1, expected.abs().max().item())


if __name__ == "__main__":
    sys.exit(0 if check(sys.argv[1]) else 1)
