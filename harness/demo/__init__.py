"""The demo: one story on a fresh world, played, checked, and written down."""
