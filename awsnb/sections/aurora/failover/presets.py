"""Situations that teach what a client has to do with an outage."""

from awsnb.scenario import Preset

PRESETS = (
    Preset(
        "The application keeps the address",
        "The cluster is back in half a minute; the application knocks at the old door for up to "
        "ten. Try the proxy.",
        {"client": "keeps addresses", "address_kept_s": 600.0},
    ),
)
