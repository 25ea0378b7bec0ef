"""The forms of pages, as a browser would send them."""

from html.parser import HTMLParser
from typing import Any

from django.test import Client as Browser

Fields = dict[str, list[str]]


class FormReader(HTMLParser):
    """Reads the fields of each form on a page."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Fields] = []
        self.select = self.textarea = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        name, value = given.get("name") or "", given.get("value")
        if tag == "form":
            self.forms.append({})
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select and "selected" in given:
            self.add(self.select, value or "")
        elif tag == "textarea":
            self.textarea = name
            self.add(name, "")
        elif tag == "input" and name and is_sent(given):
            self.add(name, value if value is not None else "on" if given.get("type") == "checkbox" else "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self.select = ""
        elif tag == "textarea":
            fields = self.forms[-1]
            fields[self.textarea] = [text.removeprefix("\n") for text in fields[self.textarea]]
            self.textarea = ""

    def handle_data(self, data: str) -> None:
        if self.textarea:
            self.forms[-1][self.textarea][-1] += data

    def add(self, name: str, value: str) -> None:
        if self.forms:
            self.forms[-1].setdefault(name, []).append(value)


def is_sent(given: dict[str, str | None]) -> bool:
    """Returns whether an input with these attributes is sent with its form."""
    kind = given.get("type")
    return kind not in ("submit", "button", "file") and (kind not in ("checkbox", "radio") or "checked" in given)


def form_on(response: Any, *, with_field: str) -> Fields:
    """Returns what the form with this field would send if nobody touched it. Line breaks are CRLF, as browsers send."""
    reader = FormReader()
    reader.feed(response.content.decode())
    [form] = [fields for fields in reader.forms if with_field in fields]
    return {
        name: ["\r\n".join(value.splitlines()) for value in values]
        for name, values in form.items()
        if name != "csrfmiddlewaretoken"
    }


def opened(browser: Browser, page: str, *, with_field: str) -> Fields:
    """Opens the page, and returns its form."""
    response = browser.get(page)
    assert response.status_code == 200
    return form_on(response, with_field=with_field)
