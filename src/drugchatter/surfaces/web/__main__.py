"""`python -m drugchatter.surfaces.web [PORT]`: the page, without the command line around it."""

import sys

from drugchatter.surfaces.web import PORT, start

start(port=int(sys.argv[1]) if len(sys.argv) > 1 else PORT)
