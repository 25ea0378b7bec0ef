"""What the ORM is spared: each thing here does one thing of Django's own more cheaply, with the same outcome.

Decision 31 has what each of them brings.
"""
