"""Errors of extracts and of the mappings that read them. Page: docs/extracts.md."""

from dawam.web.texts.text import Text

TEXTS: dict[str, Text] = {
    "mapping_unknown": Text(
        "There is no mapping {mapping}.",
        "Use {nearest}, or another that comes with Dawam ({known}), or the path of a TOML file.",
    ),
    "mapping_unreadable": Text(
        "The mapping {file} cannot be read: {reason}.", "Name a file, and make it readable."
    ),
    "mapping_syntax": Text("Line {line} of {file} is not TOML: {reason}.", "Correct that line."),
    "mapping_setting_unknown": Text(
        "The setting {setting} in {file} does not exist.",
        "The nearest one is {nearest}: use it, or leave the setting out.",
    ),
    "mapping_setting_invalid": Text(
        "The setting {setting} in {file} cannot be used: {reason}.",
        "Give it a value from the table in docs/extracts.md.",
    ),
    "mapping_setting_missing": Text(
        "The setting {setting} is missing in {file}.", "Add it; docs/extracts.md says what it means."
    ),
    "mapping_settings_clash": Text(
        "The settings {first} and {second} in {file} cannot stand together.",
        "Leave one of them out, or change it.",
    ),
    "extract_not_found": Text("There is no file {file}.", "Correct the path."),
    "extract_unreadable": Text(
        "The file {file} cannot be read: {reason}.", "Name a file, and make it readable."
    ),
    "extract_empty": Text("The file {file} holds no booking.", "Export it again."),
    "extract_gzip_broken": Text("The compressed file {file} is cut off or damaged.", "Copy it again."),
    "extract_parquet_broken": Text("The file {file} is not Parquet, or it is damaged.", "Export it again."),
    "extract_encoding_broken": Text(
        "Line {line} of {file} is not text in {encoding}.",
        "Set file.encoding to the one it is written in, or export it as UTF-8.",
    ),
    "extract_column_missing": Text(
        "{file} has no column {column}, which {setting} of the mapping {mapping} names.",
        "Correct the name in the mapping; the nearest column is {nearest}.",
    ),
    "extract_column_repeated": Text(
        "{file} has more than one column {column}.", "Give the columns different names."
    ),
    "extract_row_malformed": Text(
        "Line {line} of {file} cannot be read as a row.",
        "Correct the quotes (CSV) or the object (NDJSON) on that line.",
    ),
    "extract_row_field_count": Text(
        "Line {line} of {file} has {found} fields; the header has {expected}.",
        "Correct the row, or set file.separator.",
    ),
    "extract_account_missing": Text(
        "Line {line} of {file} names no account in the column {column}.", "Fill in the account."
    ),
    "extract_amount_malformed": Text(
        "Line {line} of {file} has no amount in the column {column} that can be read.",
        "Write digits, a decimal mark, a sign; see money.decimal and money.thousands.",
    ),
    "extract_amount_not_minor_units": Text(
        "The amount on line {line} of {file}, column {column}, has more decimals than {currency} has.",
        "Correct the amount or the currency; nothing is rounded.",
    ),
    "extract_amount_too_large": Text(
        "The amount on line {line} of {file}, column {column}, goes beyond {maximum} minor units.",
        "Correct the amount; balances and their differences have the same bounds.",
    ),
    "extract_column_is_float": Text(
        "The column {column} of {file} holds floating-point numbers, which cannot keep money exactly.",
        "Write that column as text, decimal or integer.",
    ),
    "extract_currency_unknown": Text(
        "The currency {currency} on line {line} of {file}, column {column}, is not one of ISO "
        "4217 with minor units.",
        "Use the currency's three capital letters.",
    ),
    "extract_currency_differs": Text(
        "Line {line} of {file} is in another currency than its account's earlier rows.",
        "Give each currency an account of its own.",
    ),
    "extract_direction_unknown": Text(
        "The word {value} on line {line} of {file}, column {column}, means neither credit nor debit.",
        "Add the word to amount.credit or amount.debit.",
    ),
    "extract_kind_unknown": Text(
        "The kind {value} on line {line} of {file}, column {column}, is not in the mapping.",
        "Add the word to kind.map, or set kind.other.",
    ),
    "extract_time_malformed": Text(
        "The time on line {line} of {file}, column {column}, is not {format}, or not between 1900 and 2260.",
        "Correct the time or time.format; a time that a change of clocks skips is none.",
    ),
    "extract_time_backwards": Text(
        "The time on line {line} of {file} is before that of the row above it.",
        "Set rows.order to time, or sort the file.",
    ),
    "extract_sequence_malformed": Text(
        "Line {line} of {file} has no whole number as its sequence.",
        "Fill in the number, or leave rows.sequence out.",
    ),
    "extract_gap": Text(
        "Rows are missing before line {line} of {file}: number {expected} was due, {found} came.",
        "Export the missing rows too.",
    ),
    "extract_reference_missing": Text(
        "Line {line} of {file} has no reference.", "Fill it in, or leave rows.reference out."
    ),
    "extract_duplicate_differs": Text(
        "Lines {first_line} and {line} of {file} have one reference or number and say different things.",
        "Find out which of the two is right, and remove the other.",
    ),
    "extract_balance_contradicts": Text(
        "The balance on line {line} of {file} does not follow from the one before, even within "
        "{tolerance_minor} minor units.",
        "Correct the row, or set rows.order; set money.tolerance_minor only where amounts are rounded.",
    ),
    "extract_order_not_found": Text(
        "The rows of one moment around line {line} of {file} could not be put in an order in "
        "which balances follow.",
        "Give times to the second, or name a rows.sequence.",
    ),
    "extract_refused_changes_balance": Text(
        "Line {line} of {file} is marked as refused, and yet the balance changes.",
        "Correct the row, or refused.values.",
    ),
}
