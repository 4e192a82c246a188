"""Long loops divided among threads: they wait for memory, which one core cannot use up.

BLAS has threads of its own, which are at rest while these run.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

GRAIN = 4096
"""Parts begin at multiples of this many entries."""


@functools.cache
def pool() -> tuple[int, ThreadPoolExecutor | None]:
    """How many threads there are, and all of them but the caller's."""
    affinity = getattr(os, "sched_getaffinity", None)
    count = len(affinity(0)) if affinity else os.cpu_count() or 1
    limit = os.environ.get("OMP_NUM_THREADS", "")
    count = min(count, 4, int(limit) if limit.isdigit() else count)
    return count, ThreadPoolExecutor(count - 1, "autograd_core") if count > 1 else None


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=pool.cache_clear)  # threads do not survive a fork


def divided(function: Callable[[int, int], int], length: int) -> int:
    """Run ``function(begin, end)`` for all of a length; what the parts gave, joined by or."""
    count, others = pool()
    step = -(-length // (count * GRAIN)) * GRAIN
    bounds = [(i, min(i + step, length)) for i in range(0, length, step)]
    first, *rest = bounds
    try:
        waiting = [others.submit(function, *bound) for bound in rest] if others else []
    except RuntimeError:  # Python is about to end
        waiting = []
    failed = function(*first)
    if len(waiting) < len(rest):
        return functools.reduce(lambda old, bound: old | function(*bound), rest, failed)
    return functools.reduce(lambda old, future: old | future.result(), waiting, failed)
