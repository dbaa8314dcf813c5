"""Messages to people and machines: one queue, many ways out.

Promises: a message is queued in the transaction of the fact that it tells; none is lost, and none is sent
twice under the same key; each way out keeps its own pace. Page: docs/delivery.md.
"""
