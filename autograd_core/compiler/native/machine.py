"""LLVM's text to machine code, kept on disk (``cache.py``), and its functions made callable.

The only file that talks to LLVM, through llvmlite, the compiler library of Numba.
"""

from __future__ import annotations

import functools
from typing import Any

from . import cache

LEVEL = 3
"""Of optimisation."""

LONG = 1_000_000
"""Characters from which on a text is optimised less: it has few loops, and many lines."""


@functools.cache
def host() -> tuple[str, str, str]:
    """LLVM's triple, this processor's name and what it can do."""
    import llvmlite.binding as llvm

    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    features = llvm.get_host_cpu_features().flatten()
    return llvm.get_process_triple(), llvm.get_host_cpu_name(), features


@functools.cache
def versions() -> str:
    """All that machine code depends on besides its text."""
    import llvmlite
    import llvmlite.binding as llvm

    return "\n".join((llvmlite.__version__, str(llvm.llvm_version_info), *host()))


def target(level: int) -> Any:
    """A target machine: this processor."""
    import llvmlite.binding as llvm

    triple, cpu, features = host()
    return llvm.Target.from_triple(triple).create_target_machine(
        cpu=cpu, features=features, opt=level, jit=True
    )


def compiled(text: str, level: int = LEVEL) -> bytes:
    """An object file."""
    import llvmlite.binding as llvm

    machine = target(level)
    module = llvm.parse_assembly(text)
    module.verify()
    tuning = llvm.create_pipeline_tuning_options(speed_level=level)
    tuning.loop_vectorization = tuning.loop_interleaving = level > 1
    tuning.slp_vectorization = False
    passes = llvm.create_pass_builder(machine, tuning)
    passes.getModulePassManager().run(module, passes)
    return bytes(machine.emit_object(module))


class Library:
    """Machine code in memory.

    Attributes
    ----------
    cached : bool
        Whether it came from the disk.
    """

    def __init__(self, text: str) -> None:
        import llvmlite.binding as llvm

        level = LEVEL if len(text) < LONG else 1
        key = cache.key(versions(), str(level), text)
        found = cache.load(key)
        self.cached = found is not None
        if found is None:
            found = compiled(text, level)
            cache.save(key, found)
        empty = llvm.parse_assembly(f'target triple = "{host()[0]}"')
        self.engine = llvm.create_mcjit_compiler(empty, target(level))
        self.engine.add_object_file(llvm.ObjectFileRef.from_data(found))
        self.engine.finalize_object()

    def address(self, name: str) -> int:
        """Where a function begins."""
        return int(self.engine.get_function_address(name))
