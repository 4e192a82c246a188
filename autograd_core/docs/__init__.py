"""What the package documents as files: every function, every convention, how to add an op.

``functions.md`` is generated: ``python -m autograd_core.docs`` writes it anew.
"""

__all__: list[str] = []
