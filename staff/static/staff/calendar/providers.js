// The dialog that chooses whose calendars are shown: all providers, or some.

import { element, isolated } from "./dom.js";
import { Failure, readJson } from "./requests.js";

const PAUSE_MILLISECONDS = 200;

export async function chooseProviders({ panel, shown, isChosen, apply }) {
  const chosen = new Map(isChosen ? shown.map(({ id, name }) => [id, name]) : []);
  const search = element("input", { type: "search", autocomplete: "off", "data-first": true });
  const list = element("ul", { class: "cal-checks", "aria-label": "Providers" });
  const all = element("button", { type: "button" }, "Show all");
  const some = element("button", { class: "is-primary" }, "Show these");
  const form = element(
    "form",
    {},
    element("label", { class: "cal-field" }, element("span", {}, "Find by name"), search),
    list,
    element("div", { class: "cal-actions" }, some, all),
  );

  function draw(found) {
    const others = found.filter(({ id }) => !chosen.has(id));
    const checked = [...chosen].map(([id, name]) => ({ id, name, is_active: true }));
    list.replaceChildren(...[...checked, ...others].map(drawProvider));
    panel.announce(`${found.length} providers found.`);
    if (!list.children.length) list.append(element("li", {}, "No provider has this in the name."));
  }

  function drawProvider({ id, name, is_active: isActive }) {
    const box = element("input", { type: "checkbox", value: id, checked: chosen.has(id) });
    box.addEventListener("change", () => (box.checked ? chosen.set(id, name) : chosen.delete(id)));
    return element(
      "li",
      {},
      element("label", {}, box, " ", isolated(name), isActive ? null : element("small", {}, " inactive")),
    );
  }

  async function read() {
    try {
      draw((await readJson("providers/", { search: search.value })).providers);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      panel.warn(error.message);
    }
  }

  let timer = null;
  search.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(read, PAUSE_MILLISECONDS);
  });
  all.addEventListener("click", () => (panel.close(), apply("")));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    panel.close();
    apply([...chosen.keys()].join(","));
  });
  panel.show(["Providers"], form);
  await read();
}
