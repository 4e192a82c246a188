"""``python -m nn``; what it does is in ``cli/``."""

import sys

from .cli import main

if __name__ == "__main__":
    sys.exit(main())
