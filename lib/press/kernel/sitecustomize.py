"""Imported by every Python that starts with this folder on its path: a kernel and the processes it starts."""

import os

if "PRESS_RECORD" in os.environ:
    from press import recorder

    recorder.start(os.environ["PRESS_ROOT"], os.environ["PRESS_RECORD"])
