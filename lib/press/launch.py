"""A Sphinx extension: buttons that open a chapter elsewhere, and each chapter as a script to download.

The one setting is the repository's address, `repository.url` in `_config.yml` (`press.address` writes it).
While it is empty no button is shown that would lead nowhere.
"""

from pathlib import Path
from typing import Any

from press import notebooks

COLAB = "https://colab.research.google.com"
BINDER = "https://mybinder.org"
GITHUB = "https://github.com/"


def set_buttons(app: Any, config: Any) -> None:
    """Show the buttons that the repository's address allows: Colab opens nothing but GitHub's."""
    options = config.html_theme_options
    address = options.get("repository_url")
    shown = ("use_repository_button", "use_edit_page_button", "use_issues_button")
    options.update(dict.fromkeys(shown, bool(address)))
    options["launch_buttons"] = {}
    if address:
        options["launch_buttons"] = {"notebook_interface": "jupyterlab", "binderhub_url": BINDER}
        if address.startswith(GITHUB):
            options["launch_buttons"]["colab_url"] = COLAB


def add_script_button(app: Any, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    """Offer a chapter as a script beside the notebook, in the menu of downloads."""
    if not context.get("sourcename", "").endswith(".ipynb"):
        return
    (downloads,) = (each for each in context["header_buttons"] if each["label"] == "download-buttons")
    notebook, *others = downloads["buttons"]
    script = notebook | {
        "url": notebook["url"].removesuffix(".ipynb") + ".py",
        "text": ".py",
        "tooltip": "Download as a script",
        "label": "download-script-button",
    }
    downloads["buttons"] = [notebook, script, *others]


def script(notebook: notebooks.Notebook) -> str:
    """A notebook as a script in cells that begin with `# %%`, as many editors know them."""
    parts = []
    for cell in notebook["cells"]:
        source = notebooks.source_of(cell).rstrip("\n")
        if cell["cell_type"] == "code":
            parts.append(f"# %%\n{source}\n")
        else:
            lines = "\n".join(f"# {line}".rstrip() for line in source.splitlines())
            parts.append(f"# %% [markdown]\n{lines}\n")
    return "\n".join(parts)


def write_scripts(app: Any, exception: Exception | None) -> None:
    """Put a script beside each notebook that can be downloaded."""
    if exception is not None or app.builder.format != "html":
        return
    for path in (Path(app.outdir) / "_sources").rglob("*.ipynb"):
        path.with_suffix(".py").write_text(script(notebooks.read(path)), encoding="utf-8")


def setup(app: Any) -> dict[str, bool]:
    """Called by Sphinx."""
    app.connect("config-inited", set_buttons)
    app.connect("html-page-context", add_script_button, priority=600)
    app.connect("build-finished", write_scripts)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
