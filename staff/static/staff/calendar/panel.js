// The panel: the server's HTML about a time or a reservation, and its commands.

import { element, find, findAll, isolated } from "./dom.js";
import { Failure, newKey, readHtml, send } from "./requests.js";

export class Panel {
  // changed: called after the response to a command, also a refusal. closed: called after the panel has been closed.
  constructor({ changed, closed, wire, announce }) {
    this.dialog = find("#cal-panel");
    this.status = find("#cal-panel-status");
    this.title = find("#cal-panel-title");
    this.body = find("#cal-panel-body");
    this.alert = find(".cal-alert", this.dialog);
    Object.assign(this, { changed, wire, announceOnPage: announce });
    find("[data-close]", this.dialog).addEventListener("click", () => this.close());
    // Close on a click beside the panel, but not on the second click of a double click, the first of which opened it.
    this.dialog.addEventListener("click", (event) => event.target === this.dialog && event.detail < 2 && this.close());
    this.dialog.addEventListener("close", closed);
  }

  get isOpen() {
    return this.dialog.open;
  }

  async open(path, query, { message = "" } = {}) {
    try {
      const html = await readHtml(path, query);
      const content = new DOMParser().parseFromString(html, "text/html").body.firstElementChild;
      const { title, titleName } = content.dataset;
      this.show([title, titleName && isolated(titleName)], content);
      if (message) this.body.prepend(element("p", { class: "cal-done" }, message));
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      if (this.isOpen) this.warn(error.message);
      else this.announceOnPage(error.message);
    }
  }

  // title: texts and elements.
  show(title, content) {
    this.title.replaceChildren(...title.filter(Boolean));
    this.body.replaceChildren(content);
    this.warn("");
    for (const form of findAll("form", this.body)) form.dataset.key = newKey();
    this.wire(this.body);
    if (!this.isOpen) this.dialog.showModal();
    this.dialog.scrollTop = 0;
    (find("[data-first]", this.body) ?? this.title).focus();
  }

  close() {
    this.dialog.close();
  }

  // For screen readers: while the panel is open, they read no status of the page behind it.
  announce(text) {
    this.status.textContent = text;
  }

  warn(text) {
    this.alert.textContent = text;
    this.alert.hidden = !text;
    if (text) this.alert.scrollIntoView({ block: "nearest" });
  }

  // Sends a command, unless one is under way. Returns the result, or null for a refusal or failure.
  async command(path, fields, form) {
    if (form.dataset.busy) return null;
    form.dataset.busy = "yes";
    this.warn("");
    try {
      const result = await send(path, { key: form.dataset.key, ...fields });
      if (result.refusal) this.refuse(result.refusal, form);
      await this.changed();
      return result.refusal ? null : result;
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      this.warn(error.message);
      return null;
    } finally {
      delete form.dataset.busy;
    }
  }

  refuse({ message, field }, form) {
    this.warn(message);
    form.elements[field]?.focus?.();
  }
}
