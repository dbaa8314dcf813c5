"""Who signs in: customers and staff, their passkeys, codes and sessions, and the trail of who did what.

Promises: no secret is kept but as a hash that is slow to guess; nobody learns from an answer who exists;
a session ends when it should; an entry of the trail cannot be changed. Page: docs/people.md.
"""
