"""Numbers as a reader sees them, the same in every section."""


def percent(share: float) -> str:
    """Say a share: ``0 %``, ``0.04 %``, ``5.1 %``, ``25 %``."""
    if not share:
        return "0 %"
    return f"{share:.2g} %" if share < 9.95 else f"{share:.0f} %"
