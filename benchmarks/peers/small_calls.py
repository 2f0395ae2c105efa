# Python's side of the small-call benchmark: for each line on standard input, time one round of additions of two
# small tensors and print the microseconds a call.
import sys
import time

import torch

CALLS = 100_000
a, b = torch.ones(4), torch.ones(4)
print("torch " + torch.__version__, flush=True)
with torch.no_grad():
    for _ in sys.stdin:
        start = time.perf_counter()
        for _ in range(CALLS):
            c = a + b
        print((time.perf_counter() - start) / CALLS * 1e6, flush=True)
