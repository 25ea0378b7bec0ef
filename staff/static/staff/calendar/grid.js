// The grid: a column for each provider's day, a row for each slot. A reservation is one cell that spans its rows.

import { element, isolated, zoneName } from "./dom.js";

// The content of each shown row of a column. A reservation occurs once for each row that it covers.
export function fill(column, first, last) {
  const cells = new Array(last - first).fill(null).map(() => ({ kind: "none" }));
  const put = (row, cell) => {
    if (row >= first && row < last) cells[row - first] = cell;
  };
  for (const row of column.missing) put(row, { kind: "missing" });
  for (const [row, id, state, room] of column.free) put(row, { kind: state, id, room });
  for (const block of column.blocks) {
    const cell = { kind: "block", block, id: block.slots[0] };
    for (let row = block.first; row <= block.last; row += 1) put(row, cell);
  }
  return cells;
}

// Returns the table, and its cells by row and column; the headings are the first row.
export function drawGrid(grid, columns, { needed, mayReserve }) {
  const { first, last, rows } = grid;
  const filled = columns.map((column) => fill(column, first, last));
  const head = columns.map((column) => drawHeading(column, grid));
  const cellRows = [head.map(({ link }) => link)];
  const drawn = columns.map(() => null);
  const body = element("tbody", { role: "rowgroup" });
  for (let row = 0; row < last - first; row += 1) {
    const [clock, zone] = rows[row + first];
    const isHour = row === 0 || rows[row + first - 1][0].slice(0, 2) !== clock.slice(0, 2);
    const line = element("tr", { role: "row", class: isHour ? "is-hour" : null }, drawClock(clock, zone, isHour));
    const cells = columns.map((column, number) => {
      const cell = filled[number][row];
      if (row > 0 && cell.kind === "block" && filled[number][row - 1] === cell) return drawn[number];
      const time = [clock, zone].filter(Boolean).join(" ");
      drawn[number] = drawCell(cell, { column, row: row + first, clock: time, needed, mayReserve, last });
      line.append(drawn[number]);
      return drawn[number];
    });
    cellRows.push(cells);
    body.append(line);
  }
  const corner = element(
    "td",
    { class: "cal-corner", role: "gridcell" },
    element("span", {}, ...zoneName(grid.zone)),
    element("small", {}, grid.offset),
  );
  const table = element(
    "table",
    { class: "cal-table", role: "grid", "aria-labelledby": "cal-title", style: { "--columns": columns.length } },
    element("thead", { role: "rowgroup" }, element("tr", { role: "row" }, corner, ...head.map(({ cell }) => cell))),
    body,
  );
  return { table, cellRows };
}

function drawHeading(column, grid) {
  // A link from a provider's day to its week, and back.
  const target =
    grid.view === "day" ? { view: "week", providers: column.provider } : { view: "day", date: column.date };
  const link = element(
    "a",
    {
      href: `?${new URLSearchParams(target)}`,
      tabindex: "-1",
      "data-key": `${column.key}@head`,
      "data-go-to": JSON.stringify(target),
    },
    isolated(column.heading),
  );
  const free = column.is_active ? `${column.open} open` : "inactive";
  const isToday = column.now !== null;
  const cell = element(
    "th",
    { scope: "col", role: "columnheader", class: isToday && grid.view === "week" ? "is-today" : null },
    link,
    element("small", {}, free),
  );
  return { cell, link };
}

function drawClock(clock, zone, isHour) {
  return element(
    "th",
    { scope: "row", role: "rowheader" },
    element(
      "span",
      { class: isHour || zone ? null : "cal-unseen" },
      clock,
      zone ? element("small", {}, ` ${zone}`) : null,
    ),
  );
}

function drawCell(cell, { column, row, clock, needed, mayReserve, last }) {
  const common = {
    role: "gridcell",
    tabindex: "-1",
    "data-key": `${column.key}@${row}`,
    "data-row": row,
    "data-column": column.key,
  };
  if (cell.kind === "block") return drawBlock(cell, common, { column, row, last });
  const isShort = cell.kind === "open" && cell.room < needed;
  const texts = {
    open: isShort ? "Open, too short for the service" : "Open",
    closed: "Free, too late to reserve",
    none: "Not offered",
    missing: "This hour does not exist on this day",
  };
  return element("td", {
    ...common,
    class: `cal-slot is-${cell.kind}${isShort ? " is-short" : ""}${mayReserve && cell.kind === "open" ? " is-clickable" : ""}`,
    "data-appointment": cell.id,
    "aria-label": `${texts[cell.kind]}, ${clock}, ${column.name}`,
    "data-clock": clock,
  });
}

function drawBlock({ block }, common, { column, row, last }) {
  const span = Math.min(block.last + 1, last) - row;
  const service = block.service && isolated(block.service);
  const shown = [block.lapses ? `until ${block.lapses}` : null, service].filter(Boolean);
  const what = [block.lapses ? `until ${block.lapses}` : null, block.service].filter(Boolean).join(" · ");
  return element(
    "td",
    {
      ...common,
      rowspan: span,
      class: "cal-cell",
      "data-reservation": block.id,
      // In full, even if the block has no room to show it all.
      "aria-label": `${[block.client, what, block.time, block.state].filter(Boolean).join(" ")}, ${column.name}`,
    },
    element(
      "div",
      {
        class: `cal-block is-${block.tone}${span === 1 ? " is-low" : ""}${block.is_movable ? " is-movable" : ""}`,
        title: `${block.time} ${block.client}`,
      },
      element("strong", {}, element("i", { "aria-hidden": "true" }, block.sign), " ", isolated(block.client), " "),
      shown.length ? element("span", {}, ...shown.flatMap((part) => [" · ", part]).slice(1), " ") : null,
      span > 2 ? element("span", {}, `${block.time} `) : null,
      span > 3 ? element("span", {}, block.state) : null,
    ),
  );
}

// The line at the current time, which moves without drawing the grid again.
export function drawNow(table, columns, { first }) {
  for (const line of table.querySelectorAll(".cal-now")) line.remove();
  for (const column of columns) {
    if (column.now === null) continue;
    const row = Math.floor(column.now);
    const block = column.blocks.find((one) => one.first <= row && row <= one.last);
    const top = Math.max(block?.first ?? row, first);
    const cell = table.querySelector(`[data-key="${column.key}@${top}"]`);
    const height = Number(cell?.getAttribute("rowspan") ?? 1);
    cell?.append(
      element("i", {
        class: "cal-now",
        "aria-hidden": "true",
        style: { top: `${((column.now - top) / height) * 100}%` },
      }),
    );
  }
}
