"""Many plans of one scenario: sweeps, sensitivity, frontiers, decisions under doubt."""
