"""Everything that can happen to a shop and its addresses."""
