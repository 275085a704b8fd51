"""Section 3, EBS: what snapshots hold, how soon a volume made from one is fast, live changes."""

from awsnb.sections.ebs import chain, modify, restore

VIEWS = (chain.VIEW, restore.VIEW, modify.VIEW)
