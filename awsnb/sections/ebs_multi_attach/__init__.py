"""Section 5, EBS Multi-Attach."""

from awsnb.sections.ebs_multi_attach import sharing, writers

VIEWS = (writers.VIEW, sharing.VIEW)
