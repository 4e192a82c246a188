"""Other libraries' interfaces on this engine, a folder each; nothing elsewhere knows of them."""

__all__: list[str] = []
