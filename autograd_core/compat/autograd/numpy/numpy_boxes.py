"""autograd's ``ArrayBox``, which is a Node here."""

from ....node import Node as ArrayBox

__all__ = ["ArrayBox"]
