// The calendar's page: it reads the grid, draws it, reads it again every few seconds, and opens the panel.

import { Bars } from "./bars.js";
import { readChoice, writeChoice } from "./choice.js";
import { element, find, findAll, narrow } from "./dom.js";
import { Drag } from "./drag.js";
import { drawGrid, drawNow } from "./grid.js";
import { Keys } from "./keys.js";
import { dressMove } from "./move.js";
import { drawOverview } from "./overview.js";
import { Panel } from "./panel.js";
import { chooseProviders } from "./providers.js";
import { Failure, readJson } from "./requests.js";
import { dressReserve } from "./reserve.js";

const REFRESH_MILLISECONDS = 20_000;
const SAID_MILLISECONDS = 8_000;

const root = find("#calendar");
const frame = find("#cal-grid");
const keys = new Keys(frame);
const panel = new Panel({ changed: load, closed: () => keys.focus(), dress, say });
const bars = new Bars(root, { go, showColumn, askForProviders });
const drag = new Drag(frame, { shown: () => ({ grid, columns }), drop: askToMove, say });

let grid = null; // as it was read
let columns = []; // of it, those that are shown
let drawn = ""; // what of it is drawn
let column = ""; // which is shown where there is room for one
let asked = null;
let timer = null;
let silence = null;
let isFirst = true;

// --- Reading and drawing -------------------------------------------------------------------------------------------

async function load({ focus = "" } = {}) {
  asked?.abort();
  asked = new AbortController();
  clearTimeout(timer);
  const { signal } = asked;
  try {
    const read = await readJson("grid/", choiceAsQuery(), signal);
    if (drag.isUnderWay) return; // it is read again when the drag has ended
    grid = read;
    draw(focus);
    frame.classList.remove("is-stale");
  } catch (error) {
    if (error.name === "AbortError") return;
    if (!(error instanceof Failure)) throw error;
    frame.classList.add("is-stale");
    say(error.message);
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
  const unlike = [
    narrow.matches && column,
    readChoice().service,
    JSON.stringify(grid, (name, value) => (name === "now" ? null : value)),
  ].join();
  if (unlike !== drawn) {
    const hadFocus = frame.contains(document.activeElement);
    const { scrollLeft, scrollTop } = frame;
    const { table, places } =
      grid.kind === "overview"
        ? drawOverview(grid)
        : drawGrid(grid, columns, { needed: bars.needed, mayReserve: "mayReserve" in root.dataset });
    frame.replaceChildren(
      places.length > 1 && places[1].length
        ? table
        : element("p", { class: "cal-empty" }, "No provider fits what is chosen above."),
    );
    Object.assign(frame, { scrollLeft, scrollTop });
    drawn = unlike;
    keys.replace(places);
    if (hadFocus && !panel.isOpen) keys.focus();
  }
  if (grid.kind === "columns") drawNow(frame, columns, grid);
  if (isFirst) showNow();
  const wanted = focus && findAll("[data-key]", frame).find((cell) => cell.dataset.key === focus);
  if (wanted) (keys.mark(wanted), wanted.focus());
}

// At first the day is shown from where it is by now.
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

function say(text) {
  const place = find("#cal-message");
  place.textContent = "";
  clearTimeout(silence);
  requestAnimationFrame(() => (place.textContent = text)); // so that the same text is read out again
  silence = setTimeout(() => (place.textContent = ""), SAID_MILLISECONDS);
}

// --- Going elsewhere -----------------------------------------------------------------------------------------------

function go(changes, { focus = "", ...options } = {}) {
  writeChoice(changes, options);
  frame.setAttribute("aria-busy", "true");
  load({ focus });
}

function askForProviders() {
  const isChosen = Boolean(readChoice().providers);
  chooseProviders({ panel, shown: grid?.shown ?? [], isChosen, apply: (providers) => go({ providers }) });
}

addEventListener("popstate", () => load());
narrow.addEventListener("change", () => grid && draw());
document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(timer) : load()));

// --- Opening what is in the grid -----------------------------------------------------------------------------------

function open(cell) {
  keys.mark(cell);
  const { goTo, then = "", reservation, appointment } = cell.dataset;
  if (goTo) go(JSON.parse(goTo), { focus: then });
  else if (reservation) show(reservation);
  else if (appointment) panel.open(`appointments/${appointment}/`, { zone: grid.zone });
}

const show = (id, said = "") => panel.open(`reservations/${id}/`, { zone: grid.zone }, { said });

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

// What the server has written gets its work.
function dress(body) {
  for (const form of findAll("form[data-command]", body)) {
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const done = await panel.command(form.dataset.command, Object.fromEntries(new FormData(form)), form);
      if (!done) return;
      panel.close();
      say(done.message);
    });
  }
  for (const form of findAll("form[data-openings]", body))
    dressMove(form, { say: (text) => panel.tell(text), zone: grid.zone });
  for (const form of findAll("form[data-reserve]", body)) {
    form.dataset.service = readChoice().service;
    dressReserve(form, { panel, say, show });
  }
  for (const button of findAll("[data-move]", body)) {
    button.addEventListener("click", () => panel.open(button.dataset.move, { zone: grid.zone }));
  }
}

function askToMove(block, from, to) {
  const [fromName, toName] = [from, to.column].map(({ name }) => name);
  const form = element(
    "form",
    { "data-command": `reservations/${block.id}/reschedule/` },
    element("p", {}, `${block.time}, ${fromName}`),
    element("p", {}, element("strong", {}, `to ${to.clock}, ${toName}`)),
    element("input", { type: "hidden", name: "appointment_id", value: to.id }),
    element(
      "div",
      { class: "cal-actions" },
      element("button", { class: "is-primary", "data-first": true }, "Move it"),
      element("button", { type: "button", "data-keep": true }, "Leave it"),
    ),
  );
  find("[data-keep]", form).addEventListener("click", () => panel.close());
  panel.show(`Move ${block.client}?`, form);
}

load();
