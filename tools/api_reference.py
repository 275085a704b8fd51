"""Write the API reference, made from the docstrings: `python tools/api_reference.py FOLDER`."""

import pkgutil
import sys
from pathlib import Path

import pdoc

import awsnb


def main(folder: Path) -> None:
    """Write one HTML page a module."""
    for name in awsnb.__all__:  # these arrive with their first use; pdoc shows what is there
        setattr(awsnb, name, getattr(awsnb, name))
    modules = [module.name for module in pkgutil.iter_modules(awsnb.__path__)]
    awsnb.__all__ += [name for name in modules if not name.startswith("_")]
    pdoc.render.configure(docformat="numpy")
    pdoc.pdoc("awsnb", output_directory=folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
