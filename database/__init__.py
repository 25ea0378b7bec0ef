"""Faster ways to do what the ORM does, with the same results: compiled queries, fast hydration, connection health.

Decision 31 has the measurements. COMPILED_QUERIES=false runs the compiled queries through the plain ORM.
"""
