# What a forward pass keeps for its backward pass, counted as ours is: the storages that autograd's saved tensors hold, each once, parameters left out.
import weakref

import torch


class Saved:
    """A tensor that autograd saved; lives as long as the graph wants it."""

    def __init__(self, tensor):
        self.tensor = tensor


def bytes_kept(network, images):
    held = weakref.WeakSet()

    def pack(tensor):
        saved = Saved(tensor)
        held.add(saved)
        return saved

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda saved: saved.tensor):
        result = network(images)
    storages = {saved.tensor.storage().data_ptr(): saved.tensor.storage().nbytes() for saved in held}
    for parameter in network.parameters():
        storages.pop(parameter.storage().data_ptr(), None)
    del result
    return sum(storages.values())
