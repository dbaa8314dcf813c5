"""Errors of maintenance windows: plans, acts, calendars, loads."""

from dawam.web.texts.text import Text

TEXTS: dict[str, Text] = {
    "window_unknown": Text(
        "There is no such maintenance window.", "Look at the calendar; it may never have been announced."
    ),
    "window_institution_not_found": Text(
        "There is no such institution.", "Begin again from the list of institutions."
    ),
    "window_institution_unknown": Text(
        "There is no institution {institution} for which you may plan.", "Choose one of the list."
    ),
    "window_capability_unknown": Text(
        "There is no capability {capability}.", "Use balance, payment, withdrawal, cheque or statement."
    ),
    "window_capability_missing": Text(
        "Nothing is marked as affected.", "Mark at least one thing that the work affects."
    ),
    "window_goes_on_unaffected": Text(
        "What goes on by the standby system is not marked as affected: {capability}.",
        "Mark it as affected too, or take it out of what goes on.",
    ),
    "window_scope_missing": Text(
        "It does not say what is worked on.", "Say in a few words what is worked on."
    ),
    "window_ends_before_start": Text("The window ends before it starts.", "Choose an end after the start."),
    "window_in_past": Text("The start lies in the past.", "Choose a start that lies ahead."),
    "window_too_long": Text(
        "The window is longer than the {hours} hours that are allowed.",
        "Make it shorter, or split the work over several windows.",
    ),
    "window_text_missing": Text(
        "The title or the text is missing in {language}.",
        "Write it, or let it be proposed, in all three languages.",
    ),
    "window_text_too_long": Text(
        "A text is longer than {characters} characters.", "Shorten it and send it again."
    ),
    "window_reason_missing": Text("The reason is missing.", "Say in a few words why."),
    "window_time_missing": Text("The start or the end is missing.", "Choose both."),
    "window_time_invalid": Text(
        "{value} is not a date with a time of day.", "Write it like 2026-12-08T02:00."
    ),
    "window_time_skipped": Text(
        "There is no {value}: clocks are put forward over it.", "Choose a time an hour later or earlier."
    ),
    "window_month_invalid": Text(
        "{month} is not a month of this calendar.", "Write it like 2026-12, within ten years."
    ),
    "window_overlaps": Text(
        "It overlaps another window on the same service, from {starts_at} to {ends_at}: {scope}.",
        "Choose another time, or cancel the other window first.",
    ),
    "window_notice_too_short": Text(
        "By the notice rule it should have been announced by {latest}.",
        "Choose a later start, or say why it cannot wait; a second person must then agree.",
    ),
    "window_approval_missing": Text(
        "Nobody has agreed to the short notice yet.", "Ask an approver other than the planner to agree."
    ),
    "window_nothing_to_approve": Text(
        "There is no short notice to agree to.", "Look at the window again; somebody may have agreed already."
    ),
    "window_own_approval": Text(
        "You cannot agree to your own request.", "Ask another approver to look at it."
    ),
    "window_form_used": Text(
        "This form has already planned a window, with other particulars.",
        "Open the form anew to plan another one.",
    ),
    "window_not_planned": Text(
        "The window is not waiting to be announced any more.", "Look at its history to see what was done."
    ),
    "window_start_passed": Text(
        "Its start has passed, so it can no longer be announced.", "Plan a new window that lies ahead."
    ),
    "window_not_announced": Text(
        "The window cannot start: it is not announced.", "Announce it before its start."
    ),
    "window_not_running": Text(
        "The work is not under way.", "Only work under way can be extended or finished."
    ),
    "window_cancel_after_start": Text(
        "The work has begun, so it can no longer be cancelled.", "Finish it early instead."
    ),
    "window_move_after_start": Text(
        "Its start has come, so it can no longer be moved.", "Extend it or finish it early instead."
    ),
    "window_move_nowhere": Text("These are the times that it has already.", "Choose other ones."),
    "window_no_move_asked": Text(
        "This move is not waiting for agreement any more.",
        "Look at the window again; somebody may have settled or changed it.",
    ),
    "window_changed": Text(
        "The window was changed after you saw it.", "Look at it again, and agree if it is still right."
    ),
    "window_over": Text("The window is over.", "Look at its history; plan a new one if you need it."),
    "window_extension_not_later": Text(
        "The new end is not after the present one.", "Choose a later end, or finish the work early."
    ),
    "window_extension_in_past": Text("The new end lies in the past.", "Choose an end that lies ahead."),
    "window_country_unknown": Text(
        "The public holidays of {country} are not known.",
        "Set country to a code of ISO 3166-1 that the library holidays knows.",
    ),
    "load_file_unreadable": Text(
        "The file of operations per hour cannot be read: {file}.",
        "Check that it exists, may be read and is CSV in UTF-8.",
    ),
    "load_line_invalid": Text(
        "Line {line} of the operations per hour is not valid.",
        "It needs month, day (from 0), hour (0 to 23) and count, all whole numbers.",
    ),
}
