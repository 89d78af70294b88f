"""Prints the most GFLOP/s that numpy's BLAS reaches on one thread, in processor time, for a few shapes, as JSON."""

import json
import time

import numpy

SHAPES = [(512, 512, 512), (256, 352, 64), (256, 64, 176), (256, 704, 128), (64, 64, 64)]


def rate(rows: int, columns: int, depth: int) -> float:
    a = numpy.random.rand(rows, depth).astype(numpy.float32)
    b = numpy.random.rand(depth, columns).astype(numpy.float32)
    c = a @ b
    operations = 2 * rows * columns * depth
    repetitions = max(1, int(2e8 / operations))
    best = float("inf")
    for _ in range(15):
        start = time.process_time()
        for _ in range(repetitions):
            numpy.dot(a, b, out=c)
        best = min(best, (time.process_time() - start) / repetitions)
    return operations / best / 1e9


print(json.dumps({"x".join(map(str, shape)): round(rate(*shape), 1) for shape in SHAPES}))
