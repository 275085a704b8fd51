"""Gives Binder's server the settings of `awsnb lab`: `start` says where to find this file."""

from traitlets.config import Config

from awsnb.cli import LAB

get_config().merge(Config(LAB))  # noqa: F821 (Jupyter defines it)
