"""What owning and powering accelerators costs: pure functions on floats."""
