"""Bring a database from one shape, or one place, to another."""
