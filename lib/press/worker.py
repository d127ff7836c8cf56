"""One chapter, executed by papermill in a fresh kernel: its own process, `python -m press.worker FOLDER`.

The folder holds `job.json` (what `execute` is given) and `source.ipynb`, a copy. It leaves there
`executed.ipynb` if all went well, `reads.jsonl` (see `press.file_trace`), and last of all `result.json`.
"""

import json
import os
import sys
import threading
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psutil

from press import notebooks
from press.notebooks import ChapterError, Notebook

KERNEL_PATH = Path(__file__).parent / "kernel"

EXECUTION_CODE = ("kernel/sitecustomize.py", "file_trace.py", "notebooks.py", "worker.py")
"""The files of the press on which executed notebooks depend."""

PASSED_ON = (
    "APPDATA", "COMSPEC", "HOME", "LD_LIBRARY_PATH", "LOCALAPPDATA", "OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE",
    "PATH", "PROGRAMDATA", "SYSTEMDRIVE", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "USER", "USERNAME",
    "USERPROFILE", "WINDIR",
)  # fmt: skip
"""The variables that a kernel is given as they are: what programs need to run on a machine at all."""

THREADS = (
    "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)  # fmt: skip
"""Each 1: another number of threads adds in another order and changes the last digits."""


@dataclass(frozen=True)
class Failure:
    """Why a chapter was not executed: where, the line that stands there, and what happened."""

    where: str
    line: str
    error: str
    details: str = ""


def matplotlib_folder(environment_prefix: str) -> Path:
    """Where kernels keep matplotlib's list of fonts: made once, and apart from the user's settings."""
    return Path(environment_prefix) / "share" / "press" / "matplotlib"


def kernel_environment(root: Path, folder: Path) -> dict[str, str]:
    """The variables of a chapter's process: nothing of the user's settings, and what pins the numbers down.

    Parameters
    ----------
    root : Path
        The book's folder.
    folder : Path
        The job's folder.
    """
    library = Path(__file__).parents[1]
    passed_on = {name: value for name, value in os.environ.items() if name.upper() in PASSED_ON}
    return passed_on | {
        "IPYTHONDIR": str(folder / "ipython"),
        "JUPYTER_CONFIG_DIR": str(folder / "jupyter"),
        "JUPYTER_DATA_DIR": str(folder / "jupyter"),
        "JUPYTER_PREFER_ENV_PATH": "1",
        "JUPYTER_RUNTIME_DIR": str(folder / "jupyter"),
        "LC_ALL": "C.UTF-8",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "MPLCONFIGDIR": str(matplotlib_folder(sys.prefix)),
        "PRESS_ROOT": str(root),
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
        "PYTHONHASHSEED": "0",
        "PYTHONNOUSERSITE": "1",
        "PYTHONPATH": os.pathsep.join(dict.fromkeys([str(KERNEL_PATH), str(root / "lib"), str(library)])),
        "PYTHONUTF8": "1",
        "TZ": "UTC",
        **dict.fromkeys(THREADS, "1"),
    }


def execute(folder: Path, cwd: str, parameters: dict[str, Any], cell_timeout: float | None) -> Failure | None:
    """Execute `source.ipynb`; write `executed.ipynb`, or say why not.

    Parameters
    ----------
    folder : Path
        The job's folder.
    cwd : str
        Where the kernel runs: the folder of the chapter's source, as in JupyterLab.
    parameters : dict
        Passed on to the chapter; empty for its own defaults.
    cell_timeout : float or None
        Seconds a single cell may take.
    """
    source = notebooks.read(folder / "source.ipynb")
    try:
        notebooks.check_parameters(source)
    except ChapterError as error:
        return Failure("parameters", "", str(error))

    os.environ["PRESS_TRACE"] = str(folder / "reads.jsonl")  # for the kernel, not for this process
    # Validates internet addresses in JSON, of which notebooks have none, and takes 1.6 s to import.
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from papermill import PapermillExecutionError, execute_notebook

    draft = folder / "papermill.ipynb"
    try:
        execute_notebook(
            folder / "source.ipynb",
            draft,
            parameters=parameters,
            kernel_name="python3",
            cwd=cwd,
            progress_bar=False,
            start_timeout=300,
            execution_timeout=cell_timeout,
        )
    except PapermillExecutionError as error:
        # The file has markers put in; the error's own index does not count them.
        ran = [cell for cell in notebooks.read(draft)["cells"] if MARKER not in notebooks.tags_of(cell)]
        return _failure_at({"cells": ran}, error.cell_index, f"{error.ename}: {error.evalue}", str(error))
    except DeadKernelError:
        return _failure_at_last(draft, "the kernel died (out of memory, or a crash in compiled code)")
    except CellTimeoutError:
        return _failure_at_last(draft, f"the cell took longer than {cell_timeout:g} s")

    executed = notebooks.normalised(notebooks.read(draft), source)
    for index, text in notebooks.stderr_outputs(executed):
        return _failure_at(executed, index, "it wrote to stderr, which is not printed in a book", text)
    (folder / "executed.ipynb").write_bytes(notebooks.to_bytes(executed))
    return None


MARKER = "papermill-error-cell-tag"


def _failure_at(notebook: Notebook, index: int, error: str, details: str = "") -> Failure:
    line = notebooks.first_line(notebook["cells"][index])
    return Failure(notebooks.reader_position(notebook, index), line, error, details)


def _failure_at_last(draft: Path, error: str) -> Failure:
    """A failure in the cell that was begun last."""
    notebook = notebooks.read(draft)
    begun = [
        index
        for index, cell in enumerate(notebook["cells"])
        if cell["cell_type"] == "code" and cell["metadata"].get("papermill", {}).get("start_time")
    ]
    if not begun:
        return Failure("before the first cell", "", error)
    return _failure_at(notebook, begun[-1], error)


def end_with_press() -> None:
    """End the kernel and this process as soon as the press is gone: its end of the pipe closes."""

    def wait() -> None:
        os.read(0, 1)  # not by `sys.stdin`, which an ending interpreter would wait for
        for process in psutil.Process().children(recursive=True):  # the kernel, and all that it started
            with suppress(psutil.Error):
                process.kill()
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def main(folder: Path) -> None:
    """Do the job in a folder."""
    end_with_press()
    try:
        failure = execute(folder, **json.loads((folder / "job.json").read_text(encoding="utf-8")))
        result = folder / "result.json"
        result.with_suffix(".part").write_text(json.dumps(failure and asdict(failure)), encoding="utf-8")
        os.replace(result.with_suffix(".part"), result)
    except OSError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
