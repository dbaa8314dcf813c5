"""Errors of addresses, and of ways out that cannot work."""

from dawam.web.texts.text import Text

TEXTS: dict[str, Text] = {
    "email_address_invalid": Text(
        "This is not an e-mail address that mail can reach.",
        "Write it like name@example.com, and check it for missing letters.",
    ),
    "phone_number_invalid": Text(
        "This is not a phone number in international form.",
        "Write it with the country's code, like +20 100 123 4567.",
    ),
    "webhook_address_invalid": Text(
        "This address cannot take webhooks.",
        "Give a plain https address, without a user name, a password or a part after #.",
    ),
    "webhook_target_private": Text(
        "This address leads into a private network.",
        "Give an address that is reached over the public internet; for one inside, ask the operator to allow "
        "its network.",
    ),
    "push_subscription_invalid": Text(
        "The browser's consent to notifications cannot be used.",
        "Allow notifications for this page in the browser, and try again.",
    ),
    "push_key_malformed": Text(
        "The private key for web push is not a P-256 key in base64url.",
        "Make a new VAPID key, and put its private part into the variable that push.key_env names.",
    ),
    "email_sender_malformed": Text(
        "The sender of e-mail has no address.",
        "Write delivery.email.sender like Dawam <status@example.com>.",
    ),
    "email_certificate_unusable": Text(
        "The file of certificates {file} cannot be used.",
        "Check the path in delivery.email.ca_file, and that the file holds certificates in PEM.",
    ),
    "sms_login_malformed": Text(
        "The login for the message centre does not fit its protocol.",
        "SMPP takes a name of up to 15 and a password of up to 8 plain characters; ask the message centre "
        "for such.",
    ),
    "staff_channel_malformed": Text(
        "The staff channel {channel} has no address that is understood.",
        "Put one or more apprise URLs into the variable that delivery.staff.channels names for it.",
    ),
}
