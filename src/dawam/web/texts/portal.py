"""Errors of the operator's console."""

from dawam.web.texts.text import Text

TEXTS: dict[str, Text] = {
    "order_unknown": Text(
        "The console knows no order {act}.",
        "Choose one of the orders that the page offers.",
    ),
    "order_not_found": Text(
        "There is no such order.",
        "Look at the list of orders again: it may have been another institution's.",
    ),
    "order_settled": Text(
        "This order is settled already.",
        "Look at the list of orders; give a new one if it is still needed.",
    ),
    "order_expired": Text(
        "This order waited too long for a second person and has expired.",
        "Have it given again, with its reason.",
    ),
    "order_author_gone": Text(
        "The person who gave this order has left the staff since.",
        "Refuse it, and have it given again by somebody else if it is still needed.",
    ),
    "order_of_another": Text(
        "Only the person who gave an order can take it back.",
        "As an approver, refuse it instead.",
    ),
    "order_differs": Text(
        "This form was sent before, with another order.",
        "Open the page again and give the order anew.",
    ),
}
