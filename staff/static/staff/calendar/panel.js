// The panel: what the server has written about a time or a reservation, and the commands that stand in it.

import { element, find, findAll } from "./dom.js";
import { Failure, newKey, readHtml, send } from "./requests.js";

export class Panel {
  // changed: called once a command was answered, whether it was done or refused. closed: when the panel is.
  constructor({ changed, closed, dress, say }) {
    this.dialog = find("#cal-panel");
    this.status = find("#cal-panel-status");
    this.title = find("#cal-panel-title");
    this.body = find("#cal-panel-body");
    this.alert = find(".cal-alert", this.dialog);
    Object.assign(this, { changed, dress, say });
    find("[data-close]", this.dialog).addEventListener("click", () => this.close());
    // Beside the panel; but the second click of two may have been meant for what the first has opened it from.
    this.dialog.addEventListener("click", (event) => event.target === this.dialog && event.detail < 2 && this.close());
    this.dialog.addEventListener("close", closed);
  }

  get isOpen() {
    return this.dialog.open;
  }

  async open(path, query, { said = "" } = {}) {
    try {
      const html = await readHtml(path, query);
      const content = new DOMParser().parseFromString(html, "text/html").body.firstElementChild;
      this.show(content.dataset.title, content);
      if (said) this.body.prepend(element("p", { class: "cal-done" }, said));
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      if (this.isOpen) this.warn(error.message);
      else this.say(error.message);
    }
  }

  show(title, content) {
    this.title.textContent = title;
    this.body.replaceChildren(content);
    this.warn("");
    for (const form of findAll("form", this.body)) form.dataset.key = newKey();
    this.dress(this.body);
    if (!this.isOpen) this.dialog.showModal();
    this.dialog.scrollTop = 0;
    (find("[data-first]", this.body) ?? this.title).focus();
  }

  close() {
    this.dialog.close();
  }

  // For screen readers: while the panel is open, they hear nothing of the page behind it.
  tell(text) {
    this.status.textContent = text;
  }

  warn(text) {
    this.alert.textContent = text;
    this.alert.hidden = !text;
    if (text) this.alert.scrollIntoView({ block: "nearest" });
  }

  // Send a command; a second click while it is under way does nothing. Answers what the server did, or null.
  async command(path, fields, form) {
    if (form.dataset.busy) return null;
    form.dataset.busy = "yes";
    this.warn("");
    try {
      const answer = await send(path, { key: form.dataset.key, ...fields });
      if (answer.refusal) this.refuse(answer.refusal, form);
      await this.changed();
      return answer.refusal ? null : answer;
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
