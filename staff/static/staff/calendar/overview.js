// The occupancy of a week: a row for each provider, a column for each day.

import { element, isolated, zoneName } from "./dom.js";

const SLOT_STATES = ["booked", "held", "closed", "open"];

export function drawOverview(grid) {
  const heads = grid.days.map((day) => {
    const target = { view: "day", date: day.date };
    const link = goTo(target, day.heading, `head@${day.date}`);
    return {
      link,
      cell: element("th", { scope: "col", role: "columnheader", class: day.is_today ? "is-today" : null }, link),
    };
  });
  const lines = grid.weeks.map((week) => {
    const link = goTo({ view: "week", providers: week.provider }, isolated(week.name), `${week.provider}@head`);
    const days = week.days.map((day, number) => drawDay(day, week, grid.days[number]));
    const name = element(
      "th",
      { scope: "row", role: "rowheader" },
      link,
      week.is_active ? null : element("small", {}, "inactive"),
    );
    return { line: element("tr", { role: "row" }, name, ...days), cells: [link, ...days] };
  });
  const corner = element(
    "td",
    { class: "cal-corner", role: "gridcell", tabindex: "-1", "data-key": "corner" },
    element("span", {}, ...zoneName(grid.zone)),
    element("small", {}, grid.offset),
  );
  const table = element(
    "table",
    { class: "cal-table cal-overview", role: "grid", "aria-labelledby": "cal-title" },
    element("thead", { role: "rowgroup" }, element("tr", { role: "row" }, corner, ...heads.map(({ cell }) => cell))),
    element("tbody", { role: "rowgroup" }, ...lines.map(({ line }) => line)),
  );
  return { table, cellRows: [[corner, ...heads.map(({ link }) => link)], ...lines.map(({ cells }) => cells)] };
}

function goTo(target, text, key) {
  return element(
    "a",
    { href: `?${new URLSearchParams(target)}`, tabindex: "-1", "data-key": key, "data-go-to": JSON.stringify(target) },
    text,
  );
}

function drawDay(day, week, { date, heading }) {
  const total = SLOT_STATES.reduce((sum, part) => sum + day[part], 0);
  const closed = day.closed ? `, ${day.closed} too late to reserve` : "";
  const taken = [day.booked ? `${day.booked} booked` : "", day.held ? `${day.held} held` : ""]
    .filter(Boolean)
    .join(", ");
  return element(
    "td",
    {
      role: "gridcell",
      tabindex: "-1",
      class: "cal-day is-clickable",
      "data-key": `${week.provider}@${date}`,
      "data-go-to": JSON.stringify({ view: "day", date }),
      "data-weekday": heading.split(" ").slice(0, 2).join("\n"), // a phone shows it in the cell
      "data-then": `${week.provider}-${date}@head`,
      "aria-label": total
        ? `${day.open} open ${taken}${closed}, ${week.name}, ${heading}`
        : `– not offered, ${week.name}, ${heading}`,
    },
    element("span", { class: "cal-count" }, total ? `${day.open}` : "–", total ? element("small", {}, " open ") : null),
    total
      ? element(
          "span",
          { class: "cal-meter" },
          ...SLOT_STATES.filter((part) => day[part]).map((part) =>
            element("i", { class: `is-${part}`, style: { "flex-grow": day[part] } }),
          ),
        )
      : null,
    element("small", { class: "cal-taken" }, taken),
  );
}
