"""Errors of customers' own pages."""

from dawam.web.texts.text import Text

_BEGIN_AGAIN = "Begin again; nothing has been paid."

TEXTS: dict[str, Text] = {
    "account_not_yours": Text(
        "There is no account of yours at this place.", "Choose one of your accounts on the first page."
    ),
    "account_unreachable": Text(
        "This account cannot be reached at the moment.", "Try again in a few minutes, or use another account."
    ),
    "amount_ambiguous": Text(
        "It is not clear whether the mark in the amount parts thousands or decimals.",
        "Write the amount without parting thousands, such as 1250 or 1250.00.",
    ),
    "amount_not_positive": Text("The amount is zero.", "Write how much it shall be."),
    "payee_account_malformed": Text(
        "This is no account number: it is empty or longer than {longest} characters.",
        "Write the number as the payee gave it to you.",
    ),
    "payee_is_payer": Text(
        "This is the account that you pay from.", "Choose another account of yours, or correct the number."
    ),
    "payee_unnamed": Text(
        "The payee's name is missing or longer than {longest} characters.", "Write the payee's full name."
    ),
    "payee_not_checked": Text(
        "The name does not match the account.",
        "Ask the payee for the number again; say that you have done so if it is right.",
    ),
    "send_not_found": Text(
        "There is no such payment of yours; what was begun and not sent is forgotten after a while.",
        _BEGIN_AGAIN,
    ),
    "send_confirmed": Text(
        "This payment was sent already and cannot be changed.",
        "Look at its receipt; begin a new one for more.",
    ),
    "send_changed": Text(
        "The payment was changed after this page was opened, so nothing was sent.",
        "Look at it once more, then send it.",
    ),
    "send_too_old": Text("This payment was begun too long ago, so nothing was sent.", _BEGIN_AGAIN),
    "form_of_another": Text(
        "This form was sent before with other particulars.", "Open the page again and fill it in anew."
    ),
    "cash_out_unproved": Text(
        "What is on this account cannot be proved at the moment, so no code was made.",
        "Try again in a few minutes, or use another account.",
    ),
    "cash_out_too_much": Text(
        "The amount is more than is available on the account, less your open codes.",
        "Choose a smaller amount, or cancel a code that you do not need.",
    ),
    "cash_outs_too_many": Text(
        "You have as many open codes as you may have at once: {most}.", "Use or cancel one of them first."
    ),
    "cash_out_not_found": Text("There is no such code of yours.", "Look at the list of your codes."),
    "cash_out_over": Text(
        "This code is over already: it was used, has ended or has expired.", "Look at the list of your codes."
    ),
    "cash_out_code_unknown": Text(
        "This code is not known or holds no longer.",
        "Read the digits again with the customer; they can get a new code.",
    ),
    "cash_out_differs": Text(
        "The amount, the currency or the account does not fit the code. Tries left: {left}.",
        "Ask the customer which amount the code is for.",
    ),
    "cash_out_used": Text(
        "This code was used already.", "Hand out nothing; the customer sees on their page what became of it."
    ),
    "complaint_empty": Text("It does not say what happened.", "Write it in a few words."),
    "complaint_too_long": Text(
        "The complaint is too long.",
        "Use at most {text} characters for what happened, {happened} for when, {reach} for how to reach you.",
    ),
    "complaint_not_found": Text(
        "There is no such complaint of yours.", "Look at the list of your complaints."
    ),
}
