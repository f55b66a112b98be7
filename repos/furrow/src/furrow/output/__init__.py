"""Text for people and CSV for programs."""
