"""Everything that can happen to partners and deliveries."""
