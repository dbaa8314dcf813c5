"""Errors of replay, simulation and faults."""

from dawam.web.texts.text import Text

TEXTS: dict[str, Text] = {
    "fault_unknown": Text("There is no fault {fault}.", "Use one of these: {known}."),
    "fault_malformed": Text(
        "{fault} does not say which fault, when and for how long.",
        "Write KIND@START:LENGTH, such as zero@0.5:3600: START from 0 to 1, LENGTH in seconds.",
    ),
    "fault_not_here": Text(
        "The fault {fault} cannot be started in a running demonstration.",
        "Give it to dawam replay with --fault.",
    ),
    "control_url_invalid": Text(
        "{url} is not the address of a demonstration's control port.",
        "Write http://, the host and the port, such as http://127.0.0.1:8802.",
    ),
    "control_unreachable": Text(
        "No demonstration answers at {url}: {reason}.",
        "Start the demonstration first, or correct its control URL.",
    ),
    "control_refused": Text(
        "The demonstration refused with {refusal}, status {status}.", "Look that code up in docs/errors.md."
    ),
    "report_unwritable": Text(
        "Reports cannot be written to {folder}: {reason}.", "Name a folder that you may write to."
    ),
    "stage_process_failed": Text(
        "The process {process} ended before its time: {said}.",
        "Run it again; if it stays, start that process alone to see why.",
    ),
    "stage_never_calm": Text(
        "After {waited_s} seconds of waiting, not everything was settled.",
        "Run it again on a machine with less to do, or end the faults earlier.",
    ),
    "stage_never_reconciled": Text(
        "In {tries} tries the primary gave no whole snapshot to compare the books with.",
        "Run it again, and let no fault last to the end of the feed.",
    ),
}
