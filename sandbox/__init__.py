"""Stand-ins for the portals on loopback, with seeded data and faults on request."""
