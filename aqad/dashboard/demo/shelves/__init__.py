"""What the demo's vendors sell, one module for each aisle, in the line form that `catalogue.read` explains."""
