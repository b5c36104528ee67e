"""Answers kept under version control: goldens, what moved them, and diffs."""
