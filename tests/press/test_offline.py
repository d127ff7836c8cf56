"""Pages bring along what they need."""

from types import SimpleNamespace

from press import offline


def test_everything_that_is_copied_is_there():
    folder = offline.mathjax_folder()
    assert all((folder / part).exists() for part in offline.PARTS)


def test_pages_are_given_mathjax_and_no_font_to_load_early(tmp_path):
    app = SimpleNamespace(builder=SimpleNamespace(format="html"), outdir=str(tmp_path))
    page = tmp_path / "page.html"
    page.write_text(
        '<head>\n<link rel="preload" as="font" crossorigin href="a.woff2" />\n<link rel="icon" /></head>'
    )
    offline.copy_mathjax(app, None)
    offline.drop_font_preloads(app, None)
    assert (tmp_path / "_static" / offline.PLACE / "tex-chtml-full.js").stat().st_size > 1_000_000
    assert page.read_text() == '<head>\n<link rel="icon" /></head>'


def test_a_failed_build_is_left_alone(tmp_path):
    app = SimpleNamespace(builder=SimpleNamespace(format="html"), outdir=str(tmp_path))
    offline.copy_mathjax(app, RuntimeError("failed"))
    assert list(tmp_path.iterdir()) == []
