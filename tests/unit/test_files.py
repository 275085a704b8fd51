import os
import stat
from contextlib import closing

import pytest

from awsnb._files import check_writable, in_a_sentence, make_folder, write_whole
from awsnb.site.bake import Kept


@pytest.mark.parametrize("write", [check_writable, lambda path: write_whole(path, "text")])
def test_the_place_of_a_pipe_is_not_taken(tmp_path, write):
    """As an administrator one could replace a device such as the null device by a page."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(OSError, match="must be a file") as refused:
        write(pipe)
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert in_a_sentence(refused.value) == f"{pipe}: is a device or pipe, and must be a file."
    with pytest.raises(IsADirectoryError):
        write(tmp_path)


def test_a_folder_is_not_made_where_a_file_is(tmp_path):
    (tmp_path / "site").write_text("mine")
    with pytest.raises(NotADirectoryError, match="must be a folder"):
        make_folder(tmp_path / "site")
    make_folder(tmp_path / "new" / "site")
    make_folder(tmp_path / "new" / "site")
    assert (tmp_path / "new" / "site").is_dir()


def test_a_full_disk_names_the_file_that_was_asked_for(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError) as refused:
        write_whole(tmp_path / "page.html", "text")
    said = f"{tmp_path / 'page.html'}: no space left on device."
    assert in_a_sentence(refused.value) == said
    assert list(tmp_path.iterdir()) == []


def test_answers_that_are_no_database_are_refused_by_name(tmp_path):
    (tmp_path / "kept").write_text("junk " * 999)
    with pytest.raises(OSError, match="not a database") as refused:
        Kept(tmp_path / "kept", "a")
    assert refused.value.filename == str(tmp_path / "kept")
    with closing(Kept(tmp_path / "new", "a")) as kept:
        assert kept.read([]) == {}
