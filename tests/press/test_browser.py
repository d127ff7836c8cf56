"""The browser is found where it usually is, or where one is told to look."""

import shutil

from press import browser


def test_a_named_browser_comes_first(monkeypatch):
    monkeypatch.setenv("CHROMIUM", "/opt/mine")
    assert browser.find_chromium() == "/opt/mine"


def test_one_on_the_path_comes_before_the_usual_places(monkeypatch, tmp_path):
    usual = tmp_path / "chrome"
    usual.touch()
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setattr(browser, "ELSEWHERE", (str(usual),))
    monkeypatch.setattr(shutil, "which", lambda name: f"/bin/{name}" if name == "google-chrome" else None)
    assert browser.find_chromium() == "/bin/google-chrome"
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert browser.find_chromium() == str(usual)
    usual.unlink()
    assert browser.find_chromium() is None
