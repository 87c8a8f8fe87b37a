"""The ground: origin and clock, money arithmetic, ids, errors, jobs. No business words."""
