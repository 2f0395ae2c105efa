# Python's side of the network benchmarks: torchvision's ResNet-50, or TResNet-M in plain modules, run eagerly in channels-last order.
#   networks.py NETWORK THREADS WEIGHTS IMAGES
# IMAGES holds float32 [N, 3, 224, 224]. Each line on standard input is a JSON object that says what to do; the answer is a line of JSON.
import contextlib
import copy
import json
import sys
import time

import torch
from kept import bytes_kept
from torch import nn

SIDE = 224
ROUND = 8  # images of a round of inference at least
CLASSES = 1000


def build(name):
    if name == "resnet50":
        import torchvision

        return torchvision.models.resnet50(), "torchvision " + torchvision.__version__
    from tresnet_m import TResNetM

    return TResNetM(), "plain modules"


def inference(network, images):
    with torch.inference_mode():
        return network(images)


class Inference:
    """A copy of the network in a precision: cast as a whole or, where an operator lacks the type, under autocast."""

    def __init__(self, network, precision, images):
        self.network = copy.deepcopy(network).eval()
        self.type = torch.float32
        self.scope = contextlib.nullcontext
        if precision == "bfloat16":
            try:
                inference(copy.deepcopy(self.network).to(torch.bfloat16), images[:1].to(torch.bfloat16))
                self.network.to(torch.bfloat16)
                self.type = torch.bfloat16
            except RuntimeError:
                self.scope = autocast
                self(images[:1])

    def __call__(self, images):
        with self.scope():
            return inference(self.network, images.to(self.type))

    def measure(self, images, batch):
        images = channels_last(images[:batch]).to(self.type)
        calls = max(1, ROUND // batch)
        start = time.perf_counter()
        for _ in range(calls):
            self(images)
        return {"seconds": (time.perf_counter() - start) / calls}


class Training:
    """The recipe of ours: SGD with Nesterov momentum, weight decay on weights alone."""

    def __init__(self, network, precision, images):
        self.network = copy.deepcopy(network).train()
        self.scope = autocast if precision == "bfloat16" else contextlib.nullcontext
        weights = [parameter for parameter in self.network.parameters() if parameter.dim() > 1]
        others = [parameter for parameter in self.network.parameters() if parameter.dim() < 2]
        groups = [{"params": weights, "weight_decay": 5e-4}, {"params": others}]
        self.optimizer = torch.optim.SGD(groups, lr=1e-3, momentum=0.9, nesterov=True)
        self.loss = nn.CrossEntropyLoss(label_smoothing=0.1)

    def measure(self, images, batch):
        images = images[:batch]
        labels = torch.arange(batch) % CLASSES
        start = time.perf_counter()
        self.optimizer.zero_grad(set_to_none=True)
        images = channels_last(images)
        with self.scope():
            logits = self.network(images)
        loss = self.loss(logits.float(), labels)
        value = loss.item()
        loss.backward()
        self.optimizer.step()
        return {"seconds": time.perf_counter() - start, "loss": value}


def autocast():
    return torch.autocast("cpu", dtype=torch.bfloat16)


def channels_last(images):
    return images.contiguous(memory_format=torch.channels_last)


def main():
    name, threads, weights, images = sys.argv[1:]
    # Debian's starts with one.
    torch.set_num_threads(int(threads))
    network, version = build(name)
    network.load_state_dict(torch.load(weights))
    network = network.eval().to(memory_format=torch.channels_last)
    images = torch.from_file(images, size=count(images), dtype=torch.float32).reshape(-1, 3, SIDE, SIDE)
    print(f"torch {torch.__version__}, {version}", flush=True)
    made = {}
    for line in sys.stdin:
        order = json.loads(line)
        what = order["do"]
        if what == "logits":
            answer = {"logits": inference(network, channels_last(images[: order["batch"]])).flatten().tolist()}
        elif what == "kept":
            training = copy.deepcopy(network).train()
            answer = {"bytes": bytes_kept(training, channels_last(images[: order["batch"]]))}
        elif what == "forget":
            made.clear()
            answer = {}
        else:
            kind = {"inference": Inference, "training": Training}[what]
            key = what, order["precision"]
            try:
                if key not in made:
                    made[key] = kind(network, order["precision"], images)
                answer = made[key].measure(images, order["batch"])
            except RuntimeError as refused:
                answer = {"refused": str(refused).splitlines()[0]}
        print(json.dumps(answer), flush=True)


def count(path):
    with open(path, "rb") as file:
        return file.seek(0, 2) // 4


main()
