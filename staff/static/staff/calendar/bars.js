// The bars around the grid: day, view, providers, service, time zone, and on a phone the column.

import { readChoice } from "./choice.js";
import { element, find, findAll, isolated, narrow } from "./dom.js";

export class Bars {
  // go: called with changes of the choice. showColumn: with the key of a column. openProviders: to choose providers.
  constructor(root, { go, showColumn, openProviders }) {
    Object.assign(this, { root, grid: null, column: "" });
    find(".cal-steps", root).addEventListener("click", ({ target }) => {
      if (target.dataset.go && this.grid)
        go({ date: target.dataset.go === "today" ? "" : this.grid[target.dataset.go] });
    });
    find(".cal-views", root).addEventListener("click", ({ target }) => {
      if (target.dataset.view && this.grid) {
        go({ view: target.dataset.view === "day" ? "" : "week", date: this.grid.date });
      }
    });
    find(".cal-pages", root).addEventListener("click", ({ target }) => {
      if (target.dataset.page) go({ page: String(this.grid.page + Number(target.dataset.page)) });
    });
    find("#cal-date").addEventListener("change", ({ target }) => target.value && go({ date: target.value }));
    find("#cal-service").addEventListener("change", ({ target }) => go({ service: target.value }));
    find("#cal-zone").addEventListener("change", ({ target }) => go({ zone: target.value }));
    find("#cal-providers").addEventListener("click", openProviders);
    find("#cal-column").addEventListener("change", ({ target }) => showColumn(target.value));
    find(".cal-columns", root).addEventListener("click", ({ target }) => {
      const keys = this.grid.columns.map(({ key }) => key);
      const next = keys[keys.indexOf(this.column) + Number(target.dataset.column)];
      if (target.dataset.column && next) showColumn(next);
    });
    find("#cal-more").addEventListener("click", ({ currentTarget }) => {
      const isOpen = find(".cal-filters", root).classList.toggle("is-open");
      currentTarget.setAttribute("aria-expanded", String(isOpen));
    });
  }

  // The number of appointments that the chosen service takes.
  get needed() {
    const option = find("#cal-service").selectedOptions[0];
    return Math.ceil(Number(option?.dataset.minutes ?? 0) / Number(this.root.dataset.minutes));
  }

  // Returns the columns to show: all, or on a phone the one with this key, or else that of the chosen date.
  draw(grid, column) {
    this.grid = grid;
    const choice = readChoice();
    find("#cal-title").textContent = grid.title;
    const date = find("#cal-date");
    if (date !== document.activeElement) date.value = grid.date; // while it is edited, it stays
    find("#cal-service").value = choice.service;
    this.drawZone(choice.zone);
    for (const button of findAll("[data-view]", this.root)) {
      button.setAttribute("aria-pressed", String(button.dataset.view === grid.view));
    }
    find("#cal-providers").replaceChildren(...(choice.providers ? namesOf(grid.shown) : ["All providers"]));
    find(".cal-pages", this.root).hidden = grid.page === 1 && !grid.has_next;
    find("[data-page='-1']", this.root).disabled = grid.page === 1;
    find("[data-page='1']", this.root).disabled = !grid.has_next;
    const drags = find("#cal-drag");
    if (drags) drags.hidden = grid.kind === "overview";
    return this.drawColumns(grid.columns ?? [], column);
  }

  drawZone(zone) {
    const zones = find("#cal-zone");
    const isListed = [...zones.options].some(({ value }) => value === zone);
    if (zone && !isListed) zones.append(element("option", {}, zone));
    zones.value = zone;
  }

  drawColumns(columns, column) {
    const isOneOfMany = narrow.matches && columns.length > 1;
    find(".cal-columns", this.root).hidden = !isOneOfMany;
    if (!isOneOfMany) return columns;
    const ofDate = this.grid.view === "week" && columns.find(({ date }) => date === this.grid.date);
    const shown = columns.find(({ key }) => key === column) ?? (ofDate || columns[0]);
    this.column = shown.key;
    const options = columns.map(({ key, heading, open }) =>
      element("option", { value: key, selected: key === shown.key }, `${heading} (${open} open)`),
    );
    find("#cal-column").replaceChildren(...options);
    return [shown];
  }
}

function namesOf(providers) {
  if (providers.length > 2) return [`${providers.length} providers`];
  const names = providers.flatMap(({ name }) => [", ", isolated(name)]).slice(1);
  return names.length ? names : ["No provider"];
}
