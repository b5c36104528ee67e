"""What users write, as validated types (formats §1–5)."""
