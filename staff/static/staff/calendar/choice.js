// The choice of what is shown. It is the query of the address, so that it can be bookmarked, shared and gone back to.

const NAMES = ["view", "date", "providers", "service", "zone", "page"];
const ZONE_STORAGE_KEY = "calendar-zone";

export function readChoice() {
  const query = new URLSearchParams(location.search);
  const choice = Object.fromEntries(NAMES.map((name) => [name, query.get(name) ?? ""]));
  if (!query.has("zone")) choice.zone = rememberedZone();
  return choice;
}

// Changes the choice, by a new entry in the browser's history, or without `step` in the current one.
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
    return localStorage.getItem(ZONE_STORAGE_KEY) ?? "";
  } catch {
    return "";
  }
}

function rememberZone(zone) {
  try {
    localStorage.setItem(ZONE_STORAGE_KEY, zone);
  } catch {
    // a browser without storage
  }
}
