// The form to move a reservation: choose the provider, the day, and one of the open times.

import { element, find } from "./dom.js";
import { Failure, readJson } from "./requests.js";

export function wireMove(form, { announce, zone }) {
  const to = find("[data-to]", form);
  const on = find("[data-on]", form);
  const choices = find("[data-times]", form);
  const button = find("button.is-primary", form);
  let request = null;

  async function read() {
    request?.abort();
    request = new AbortController();
    button.disabled = true;
    const { timesPath } = form.dataset;
    try {
      const { times, title } = await readJson(timesPath, { providers: to.value, date: on.value, zone }, request.signal);
      choices.replaceChildren(...times.map(drawTime));
      if (!times.length) choices.append(element("p", {}, "No open time on this day that is long enough."));
      announce(`${title}: ${times.length} open times.`);
    } catch (error) {
      if (error.name === "AbortError") return;
      if (!(error instanceof Failure)) throw error;
      announce(error.message);
    }
  }

  to.addEventListener("change", read);
  on.addEventListener("change", () => on.value && read());
  choices.addEventListener("change", () => (button.disabled = false));
  read();
}

function drawTime({ id, label }) {
  return element(
    "label",
    { class: "cal-time" },
    element("input", { type: "radio", name: "appointment_id", value: id, required: true }),
    element("span", {}, label),
  );
}
