"""Run the command line as ``python -m awsnb``."""

from awsnb.cli import app

app(prog_name="awsnb")
