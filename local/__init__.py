"""The stack on a laptop: emulator, demo shop, traffic. Nothing here is deployed."""

import sys
from pathlib import Path

# In Lambda a layer brings the package; here `python -m local.…` must find it by itself.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "layers" / "core"))
