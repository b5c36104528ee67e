"""Pictures of results, for files."""
