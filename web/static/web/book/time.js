// The page's language, the browser's region.
const { lang } = document.documentElement;
const locale = navigator.languages.find((language) => language.split("-")[0] === lang) ?? lang;

export const nameOf = (timeZone) => known(timeZone).replaceAll("_", " ");
export const pause = (ms) => new Promise((go) => setTimeout(go, ms));
export const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

const FORMATS = {
  time: { timeStyle: "short" },
  date: { weekday: "long", day: "numeric", month: "long" },
  weekday: { weekday: "short" },
  day: { day: "numeric" },
  month: { month: "long", year: "numeric" },
  there: { weekday: "short", hour: "2-digit", minute: "2-digit" },
};
const ZONED = { timeStyle: undefined, hour: "numeric", minute: "2-digit", timeZoneName: "short" };

/** With the zone, where clocks show it twice. */
export function format(kind, instant, timeZone = zone, more) {
  const writer = new Intl.DateTimeFormat(locale, { ...FORMATS[kind], timeZone: known(timeZone), ...more });
  const at = (minutes) => writer.format(+new Date(instant) + minutes * 60_000);
  return !more && /time|there/.test(kind) && [-120, -60, -30, 30, 60, 120].some((by) => at(by) === at(0))
    ? format(kind, instant, timeZone, ZONED)
    : at(0);
}

function known(timeZone) {
  try {
    return Intl.DateTimeFormat("en", { timeZone }) && timeZone;
  } catch {
    return "UTC"; // newer than the browser
  }
}

export const formatMinutes = (minutes) =>
  new Intl.NumberFormat(locale, { style: "unit", unit: "minute", unitDisplay: "long" }).format(minutes);

/** The time in another zone; "" where it is the same. */
export function timeIn(timeZone, instant) {
  const there = format("there", instant, timeZone);
  return there === format("there", instant) ? "" : there;
}

// YYYY-MM-DD (Swedish), of the reader's zone; in UTC equally long.
export const dayOf = (instant) => new Date(instant).toLocaleDateString("sv");
export const startOf = (day) => new Date(`${day}T00:00`);
export const plusDays = (day, number) => new Date(Date.parse(day) + number * 86_400_000).toISOString().slice(0, 10);
export const mondayOf = (day) => plusDays(day, -((new Date(day).getUTCDay() + 6) % 7));

let ahead = 0; // of the reader's clock, in milliseconds

export const now = () => Date.now() + ahead;

/** The Date header has whole seconds, and is later than `sentAt`. */
export function setClock(date, sentAt) {
  const found = Date.parse(date) + 500 - (sentAt + Date.now()) / 2;
  if (Math.abs(found - ahead) > 1500) ahead = found;
}
