import { linkTo } from "./address.js";
import { read, readAll } from "./api.js";
import { $, reveal, say, showLinks, text } from "./page.js";
import { dayOf, format, formatMinutes, mondayOf, nameOf, now, plusDays, startOf, timeIn, zone } from "./time.js";

const cache = {}; // services, and providers by service

export const findServices = async () =>
  (cache.services ??= (await readAll("Services")).filter(({ isActive }) => isActive));

/** Of a move: first its own. */
export async function findProviders({ id, isActive, own }) {
  const found = isActive ? (cache[id] ??= await readAll("Providers", { serviceId: id })) : [];
  return !own || found.some((one) => one.id === own.id) ? found : [own, ...found];
}

/** A day, or the first open one. `exactly` costs more: if it had no times. */
export async function readWhen(choice, requested, exactly) {
  const { need, providerIds } = choice;
  const find = async () =>
    need.serviceId
      ? (await read("FirstOpen", { providerIds, ...(exactly && need) })).appointment
      : (await findTimes({ day: dayOf(now()), days: document.body.dataset.days, choice })).nodes[0];
  const next = !requested && providerIds.length && (await find());
  const day = requested ?? (next && dayOf(next.startsAt));
  if (!day) return { appointments: [], pageInfo: {} };
  const [week, { nodes, pageInfo }] = await Promise.all([findWeek(day, choice), findTimes({ day, choice })]);
  if (!requested && !exactly && !nodes.length) return readWhen(choice, requested, true);
  return { day, choice, week, appointments: nodes, pageInfo };
}

async function findWeek(day, { providerIds }) {
  const days = [...Array(8).keys()].map((number) => plusDays(mondayOf(day), number));
  const starts = Object.fromEntries(days.map((some, number) => [`from${number}`, startOf(some)]));
  const found = Object.values(await read("Week", { providerIds, ...starts }));
  return found.map(({ nodes }, number) => ({ day: days[number], isOpen: nodes.length }));
}

export async function findTimes({ day, days = 1, choice: { id, need, providerIds }, pageInfo }) {
  const filter = { ...need, startsFrom: startOf(day), startsBefore: startOf(plusDays(day, days)) };
  const after = pageInfo?.endCursor;
  if (id && need.serviceId) return (await read("TimesOf", { id, after, ...filter })).provider.page;
  return (await read("Times", { filter: { ...filter, providerIds }, after })).page;
}

export const groupByStart = (appointments) => Object.values(Object.groupBy(appointments, (one) => one.startsAt));

export function showServices(services, chosen) {
  showLinks("services", chosen, services.map((service) => ({
    ...service,
    to: { service: service.id, provider: null, day: null, time: null },
    length: formatMinutes(service.durationMinutes),
  })));
}

export function showProviders(providers, chosen) {
  showLinks("providers", chosen, [{ name: text("anybody") }, ...providers].map((provider) => ({
    ...provider,
    to: { provider: provider.id, day: null, time: null },
  })));
}

export function showWeek(week, chosen) {
  const monday = mondayOf(chosen);
  $("month").textContent = format("month", startOf(chosen));
  $("before").href = linkTo({ day: plusDays(monday, -7), time: null });
  $("after").href = linkTo({ day: plusDays(monday, 7), time: null });
  reveal({ before: monday > dayOf(now()) });
  showLinks("days", chosen, week.map(({ day, isOpen }) => ({
    to: { day, time: null },
    state: isOpen ? "" : "closed",
    weekday: format("weekday", startOf(day)),
    number: format("day", startOf(day)),
    month: format("month", startOf(day)) + (isOpen ? "" : text("closed")),
  })));
}

/** In the provider's zone too, where it differs. */
export function showTimes(times, chosen, isAnybody) {
  const { name, timeZone } = (!isAnybody && times[0]?.[0].provider) || {};
  const items = times.map((some) => ({
    to: { time: some[0].id },
    time: format("time", some[0].startsAt),
    there: timeZone && timeIn(timeZone, some[0].startsAt),
  }));
  const there = items.some((one) => one.there) && nameOf(timeZone);
  say($("zone"), text(there ? "zones" : "zone", { zone: nameOf(zone), name, there }));
  showLinks("times", chosen, items);
}
