"""`python -m drugchatter`: the command line without its script."""

from __future__ import annotations

import sys

from drugchatter.surfaces.cli import main

# Loading labels starts processes that import this module again; only the first of them is the program.
if __name__ == "__main__":
    sys.exit(main())
