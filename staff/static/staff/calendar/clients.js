// The field for the client, with suggestions by name, email or telephone number.

import { element, find, findAll, isolated } from "./dom.js";
import { Failure, send } from "./requests.js";

const PAUSE_MILLISECONDS = 200;

// Returns functions to choose a client, and to choose none.
export function wireClients(box, { announce }) {
  const form = box.closest("form");
  const input = find("[role=combobox]", box);
  const list = find("[role=listbox]", box);
  const chosen = find(".cal-chosen", box);
  const none = find("[data-none]", box);
  let timer = null;
  let request = null;

  // Leaves `none` where it is: if it vanished when the field is left by pressing the mouse, what is below it would move
  // away from under the mouse, and the click would be lost.
  function close() {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function mark(option) {
    for (const one of findAll("[role=option]", list)) one.setAttribute("aria-selected", String(one === option));
    if (option) {
      input.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    }
  }

  function choose(client) {
    form.elements.client_id.value = client.id;
    find("strong", chosen).replaceChildren(isolated(client.name));
    find("small", chosen).textContent = [client.email, client.phone].filter(Boolean).join(", ");
    chosen.hidden = false;
    input.closest("label").hidden = true;
    const details = find("details", form);
    if (details) details.open = false;
    none.hidden = true;
    close();
    announce(`${client.name} chosen.`);
    find("button[value=confirm]", form).focus();
  }

  function reset() {
    form.elements.client_id.value = "";
    chosen.hidden = true;
    input.closest("label").hidden = false;
  }

  function draw(clients) {
    const options = clients.map((client, number) => {
      const option = element(
        "li",
        { role: "option", id: `cal-client-${number}`, "aria-selected": "false" },
        element("strong", {}, isolated(client.name)),
        element("small", {}, ` ${[client.email, client.phone].filter(Boolean).join(", ")}`),
      );
      option.addEventListener("pointerdown", (event) => event.preventDefault()); // so that the field keeps the focus
      option.addEventListener("click", () => choose(client));
      return option;
    });
    list.replaceChildren(...options);
    list.hidden = !options.length;
    none.hidden = options.length > 0;
    input.setAttribute("aria-expanded", String(options.length > 0));
    input.removeAttribute("aria-activedescendant");
    announce(options.length ? `${options.length} clients found.` : "No client found.");
  }

  async function search() {
    request?.abort();
    request = new AbortController();
    const text = input.value.trim();
    none.hidden = true;
    if (!text) return close();
    try {
      const { clients } = await send("clients/", { search: text }, request.signal);
      return draw(clients);
    } catch (error) {
      if (error.name === "AbortError") return undefined;
      if (!(error instanceof Failure)) throw error;
      return announce(error.message);
    }
  }

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(search, PAUSE_MILLISECONDS);
  });
  input.addEventListener("keydown", (event) => {
    const options = findAll("[role=option]", list);
    const at = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
    if (list.hidden) return;
    if (event.key === "Escape") close();
    else if (event.key === "ArrowDown") mark(options[(at + 1) % options.length]);
    else if (event.key === "ArrowUp") mark(options[(at + options.length - (at < 0 ? 0 : 1)) % options.length]);
    else if (event.key === "Enter") options[Math.max(at, 0)]?.click();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  input.addEventListener("blur", close);
  find("[data-change]", chosen).addEventListener("click", () => (reset(), input.focus()));
  return { choose, reset };
}
