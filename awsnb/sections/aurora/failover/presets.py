"""Situations that teach what a client has to do with an outage."""

from awsnb.scenario import Preset

PRESETS = (
    Preset(
        "The application keeps the address",
        "The cluster is back in half a minute. The application uses the old address for up to ten "
        "minutes. Try the proxy.",
        {"client": "keeps addresses", "address_kept_s": 600.0},
    ),
    Preset(
        "A pool that went stale",
        "The old address leads to the old writer, by now a reader: reads work, writes fail, and "
        "the pool sees nothing wrong. Let it connect anew, or shorten a connection's life.",
        {
            "client": "keeps addresses",
            "address_kept_s": 60.0,
            "on_read_only": "keeps the connection",
        },
    ),
    Preset(
        "Behind a proxy",
        "The proxy finds the new writer without DNS, and its clients' idle connections stay open. "
        "Raise the share that is in a transaction: those break.",
        {"client": "RDS Proxy"},
    ),
)
