"""A table's cells carry the heads of their columns, so that a phone can show each row as a card."""

from markupsafe import Markup

from dawam.web.pages.tables import labelled

HEADS = ["When", ("Amount", "number"), 'A "quoted" <head>']


def test_each_cell_has_the_head_of_its_column() -> None:
    rows = Markup('<tr><th scope="row">1</th><td class="number">2</td><td>3</td></tr><tr><td>4</td></tr>')
    assert labelled(rows, HEADS) == (
        '<tr><th data-label="When" scope="row">1</th><td data-label="Amount" class="number">2</td>'
        '<td data-label="A &#34;quoted&#34; &lt;head&gt;">3</td></tr><tr><td data-label="When">4</td></tr>'
    )


def test_a_cell_over_several_columns_and_one_too_many_have_no_head() -> None:
    rows = Markup('<tr><td colspan="3">none</td></tr><tr><td>1</td><td>2</td><td>3</td><td>4</td></tr>')
    assert labelled(rows, ["A", "B", "C"]).count("data-label") == 3


def test_what_looks_like_a_cell_in_a_text_is_none() -> None:
    rows = Markup("<tr><td>{}</td></tr>").format("<td>evil</td><tr>")
    assert labelled(rows, ["A", "B"]).count("data-label") == 1
