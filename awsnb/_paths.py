"""Where the files that are not Python lie: in the wheel, or at the top of a checkout."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def data_dir() -> Path:
    """Folder of the AWS numbers (`*.csv`)."""
    return _find("data")


def notebooks_dir() -> Path:
    """Folder of the notebooks as shipped; not to be written to."""
    return _find("notebooks")


def _find(name: str) -> Path:
    for folder in (_PACKAGE / name, _PACKAGE.parent / name):
        if folder.is_dir():
            return folder
    raise FileNotFoundError(f"no folder '{name}' in {_PACKAGE} or beside it")
