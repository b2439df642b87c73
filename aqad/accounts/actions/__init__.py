"""Everything that can happen to companies, to the people who act for them, and at the door where they sign in."""
