"""Pages that show several slices at once: the customer's home and the operator's console.

Promises: an amount is shown with its time and its source, or withheld with a reason; nobody approves their
own act. Page: docs/portal.md.
"""
