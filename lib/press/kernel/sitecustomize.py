"""Imported by every Python that starts with this folder on its path: a kernel and the processes it starts."""

import os

if "PRESS_TRACE" in os.environ:
    from press import file_trace

    file_trace.start(os.environ["PRESS_ROOT"], os.environ["PRESS_TRACE"])
