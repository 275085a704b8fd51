"""Section 12, Gateway Load Balancer: who keeps a flow, and what the bump in the wire costs."""

from awsnb.sections.gwlb import bill, flows, packet

VIEWS = (flows.VIEW, packet.VIEW, bill.VIEW)
