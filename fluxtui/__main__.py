"""`python -m fluxtui`: the same as the console script."""

import sys

from fluxtui.cli.main import main

sys.exit(main())
