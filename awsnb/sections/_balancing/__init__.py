"""What the sections on load balancers share: targets, an event, how they serve and what it says."""
