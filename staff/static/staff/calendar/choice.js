// What is shown: it stands in the address, which can be kept, shared, and gone back to.

const NAMES = ["view", "date", "providers", "service", "zone", "page"];
const REMEMBERED = "calendar-zone";

export function readChoice() {
  const query = new URLSearchParams(location.search);
  const choice = Object.fromEntries(NAMES.map((name) => [name, query.get(name) ?? ""]));
  if (!query.has("zone")) choice.zone = rememberedZone();
  return choice;
}

// The changes, and a step in the browser's history; without `step` it stays the same one.
export function writeChoice(changes, { step = true } = {}) {
  const choice = { ...readChoice(), ...changes };
  if ("zone" in changes) rememberZone(changes.zone);
  if (!("page" in changes) && ("providers" in changes || "service" in changes)) choice.page = "";
  const query = new URLSearchParams(Object.entries(choice).filter(([name, value]) => value || name === "zone"));
  if (!choice.zone) query.delete("zone");
  history[step ? "pushState" : "replaceState"](null, "", `?${query}`);
  return choice;
}

function rememberedZone() {
  try {
    return localStorage.getItem(REMEMBERED) ?? "";
  } catch {
    return "";
  }
}

function rememberZone(zone) {
  try {
    localStorage.setItem(REMEMBERED, zone);
  } catch {
    // a browser that keeps nothing
  }
}
