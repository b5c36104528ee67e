"""What users write, as validated types (formats §1 to §5)."""
