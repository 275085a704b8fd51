"""Section 12, Gateway Load Balancer: who keeps a flow, and what the bump in the wire costs."""

from awsnb.sections.gwlb import flows, packet

VIEWS = (flows.VIEW, packet.VIEW)
