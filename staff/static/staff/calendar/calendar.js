// The calendar: reads the grid, draws it, reads it again every REFRESH_MILLISECONDS, and opens the panel.

import { Bars } from "./bars.js";
import { readChoice, writeChoice } from "./choice.js";
import { element, find, findAll, isolated, narrow } from "./dom.js";
import { Drag } from "./drag.js";
import { drawGrid, drawNow } from "./grid.js";
import { Keys } from "./keys.js";
import { wireMove } from "./move.js";
import { drawOverview } from "./overview.js";
import { Panel } from "./panel.js";
import { chooseProviders } from "./providers.js";
import { Failure, readJson } from "./requests.js";
import { wireReserve } from "./reserve.js";

const REFRESH_MILLISECONDS = 20_000;
const MESSAGE_MILLISECONDS = 8_000;

const root = find("#calendar");
const frame = find("#cal-grid");
const keys = new Keys(frame, 60 / Number(root.dataset.minutes));
const panel = new Panel({ changed: load, closed: () => keys.focus(), wire, announce });
const bars = new Bars(root, { go, showColumn, openProviders });
const drag = new Drag(frame, { shown: () => ({ grid, columns }), drop: openMove, announce });

let grid = null; // as read from the server
let columns = []; // those that are shown
let drawnFingerprint = ""; // of the grid that is drawn, to draw again only after a change
let column = ""; // the key of the one that a phone shows
let request = null;
let timer = null;
let messageTimer = null;
let isFirst = true;

// --- Reading and drawing -------------------------------------------------------------------------------------------

async function load({ focus = "" } = {}) {
  request?.abort();
  request = new AbortController();
  clearTimeout(timer);
  const { signal } = request;
  try {
    const read = await readJson("grid/", choiceAsQuery(), signal);
    if (drag.isUnderWay) return; // it is read again after the drag
    grid = read;
    draw(focus);
    frame.classList.remove("is-stale");
  } catch (error) {
    if (error.name === "AbortError") return;
    if (!(error instanceof Failure)) throw error;
    frame.classList.add("is-stale");
    announce(error.message);
  } finally {
    if (!signal.aborted) {
      frame.setAttribute("aria-busy", "false");
      if (!document.hidden) timer = setTimeout(load, REFRESH_MILLISECONDS);
    }
  }
}

const choiceAsQuery = () => Object.fromEntries(Object.entries(readChoice()).filter(([, value]) => value));

function draw(focus) {
  columns = bars.draw(grid, column);
  const fingerprint = [
    narrow.matches && column,
    readChoice().service,
    JSON.stringify(grid, (name, value) => (name === "now" ? null : value)),
  ].join();
  if (fingerprint !== drawnFingerprint) {
    const hadFocus = frame.contains(document.activeElement);
    const { scrollLeft, scrollTop } = frame;
    const { table, cellRows } =
      grid.kind === "overview"
        ? drawOverview(grid)
        : drawGrid(grid, columns, { needed: bars.needed, mayReserve: "mayReserve" in root.dataset });
    frame.replaceChildren(
      cellRows.length > 1 && cellRows[1].length
        ? table
        : element("p", { class: "cal-empty" }, "No provider matches the filters above."),
    );
    Object.assign(frame, { scrollLeft, scrollTop });
    drawnFingerprint = fingerprint;
    keys.replace(cellRows);
    if (hadFocus && !panel.isOpen) keys.focus();
  }
  if (grid.kind === "columns") drawNow(frame, columns, grid);
  if (isFirst) showNow();
  const wanted = focus && findAll("[data-key]", frame).find((cell) => cell.dataset.key === focus);
  if (wanted) (keys.mark(wanted), wanted.focus());
}

// At first, scroll to the current time.
function showNow() {
  isFirst = false;
  const line = find(".cal-now", frame);
  if (line)
    frame.scrollTop += line.getBoundingClientRect().top - frame.getBoundingClientRect().top - frame.clientHeight / 2;
}

function showColumn(key) {
  column = key;
  if (grid.view === "week") writeChoice({ date: grid.columns.find((one) => one.key === key).date }, { step: false });
  draw();
}

function announce(text) {
  const status = find("#cal-message");
  status.textContent = "";
  clearTimeout(messageTimer);
  requestAnimationFrame(() => (status.textContent = text)); // so that a screen reader reads the same text again
  messageTimer = setTimeout(() => (status.textContent = ""), MESSAGE_MILLISECONDS);
}

// --- Changing the choice -------------------------------------------------------------------------------------------

function go(changes, { focus = "", ...options } = {}) {
  writeChoice(changes, options);
  frame.setAttribute("aria-busy", "true");
  load({ focus });
}

function openProviders() {
  const isChosen = Boolean(readChoice().providers);
  chooseProviders({ panel, shown: grid?.shown ?? [], isChosen, apply: (providers) => go({ providers }) });
}

addEventListener("popstate", () => load());
narrow.addEventListener("change", () => grid && draw());
document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(timer) : load()));

// --- Opening a cell ------------------------------------------------------------------------------------------------

function open(cell) {
  keys.mark(cell);
  const { goTo, then = "", reservation, appointment } = cell.dataset;
  if (goTo) go(JSON.parse(goTo), { focus: then });
  else if (reservation) show(reservation);
  else if (appointment) panel.open(`appointments/${appointment}/`, { zone: grid.zone });
}

const show = (id, message = "") => panel.open(`reservations/${id}/`, { zone: grid.zone }, { message });

frame.addEventListener("click", (event) => {
  const cell = event.target.closest("[data-key]");
  if (!cell || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  open(cell);
});
frame.addEventListener("keydown", (event) => {
  const cell = event.target.closest("[data-key]");
  if (!cell || (event.key !== "Enter" && event.key !== " ")) return;
  event.preventDefault();
  open(cell);
});

// Adds the listeners to the HTML of the panel.
function wire(body) {
  for (const form of findAll("form[data-command]", body)) {
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const done = await panel.command(form.dataset.command, Object.fromEntries(new FormData(form)), form);
      if (!done) return;
      panel.close();
      announce(done.message);
    });
  }
  for (const form of findAll("form[data-times-path]", body))
    wireMove(form, { announce: (text) => panel.announce(text), zone: grid.zone });
  for (const form of findAll("form[data-reserve]", body)) {
    form.dataset.service = readChoice().service;
    wireReserve(form, { panel, announce, show });
  }
  for (const button of findAll("[data-move]", body)) {
    button.addEventListener("click", () => panel.open(button.dataset.move, { zone: grid.zone }));
  }
}

function openMove(block, from, to) {
  const [fromName, toName] = [from, to.column].map(({ name }) => name);
  const form = element(
    "form",
    { "data-command": `reservations/${block.id}/reschedule/` },
    element("p", {}, `${block.time}, `, isolated(fromName)),
    element("p", {}, element("strong", {}, `to ${to.clock}, `, isolated(toName))),
    element("input", { type: "hidden", name: "appointment_id", value: to.id }),
    element("input", { type: "hidden", name: "as_seen", value: block.as_seen }),
    element(
      "div",
      { class: "cal-actions" },
      element("button", { class: "is-primary", "data-first": true }, "Move it"),
      element("button", { type: "button", "data-cancel": true }, "Leave it"),
    ),
  );
  find("[data-cancel]", form).addEventListener("click", () => panel.close());
  panel.show(["Move ", isolated(block.client), "?"], form);
}

load();
