"""Section 15, SSL/TLS certificates: which one is sent, the handshake, a year of a fleet."""

from awsnb.sections.tls_certificates import handshake, selection, year

VIEWS = (selection.VIEW, handshake.VIEW, year.VIEW)
