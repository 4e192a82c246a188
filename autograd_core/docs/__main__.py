"""Write ``functions.md``: ``python -m autograd_core.docs``."""

from .functions import FILE, markdown

if __name__ == "__main__":
    FILE.write_text(markdown(), encoding="utf-8")
    print(f"wrote {FILE}")
