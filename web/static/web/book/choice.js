import { linkTo } from "./address.js";
import { read, readAll } from "./api.js";
import { element, reveal, say, showLinks, text } from "./page.js";
import { dayOf, format, formatMinutes, mondayOf, nameOf, now, plusDays, startOf, timeIn, zone } from "./time.js";

const cache = {}; // services, and providers by service

export async function findServices() {
  return (cache.services ??= (await readAll("Services")).filter(({ isActive }) => isActive));
}

export async function findProviders(serviceId) {
  return (cache[serviceId] ??= await readAll("Providers", { serviceId }));
}

/** A day, or the first open one; its week and times. `exactly` costs more: only if it had none. */
export async function readWhen(serviceId, id, requested, exactly) {
  const providerIds = id ? [id] : cache[serviceId].map((one) => one.id).slice(0, 100); // the API's maximum
  const service = exactly && { serviceId };
  const first = requested || !providerIds.length ? null : await read("FirstOpen", { providerIds, ...service });
  const day = requested ?? (first?.nextOpenAppointment && dayOf(first.nextOpenAppointment.startsAt));
  if (!day) return { appointments: [], pageInfo: {} };
  const choice = { id, serviceId, providerIds };
  const [week, { nodes, pageInfo }] = await Promise.all([findWeek(day, choice), findTimes({ day, choice })]);
  if (!requested && !exactly && !nodes.length) return readWhen(serviceId, id, requested, true);
  return { day, choice, week, appointments: nodes, pageInfo };
}

async function findWeek(day, { providerIds }) {
  const days = [...Array(8).keys()].map((number) => plusDays(mondayOf(day), number));
  const starts = Object.fromEntries(days.map((some, number) => [`from${number}`, startOf(some)]));
  const found = Object.values(await read("Week", { providerIds, ...starts }));
  return found.map(({ nodes }, number) => ({ day: days[number], isOpen: nodes.length }));
}

export async function findTimes({ day, choice: { id, serviceId, providerIds }, pageInfo }) {
  const filter = { serviceId, startsFrom: startOf(day), startsBefore: startOf(plusDays(day, 1)) };
  const after = pageInfo?.endCursor;
  if (id) return (await read("TimesOf", { id, after, ...filter })).provider.page;
  return (await read("Times", { filter: { ...filter, providerIds }, after })).page;
}

export function groupByStart(appointments) {
  const times = {};
  for (const one of appointments) (times[one.startsAt] ??= []).push(one);
  return Object.values(times);
}

export function showServices(services, chosen) {
  showLinks("services", services.map((service) => ({
    ...service,
    to: { service: service.id, provider: null, day: null, time: null },
    isChosen: service.id === chosen,
    length: formatMinutes(service.durationMinutes),
  })));
}

export function showProviders(providers, chosen) {
  showLinks("providers", [{ name: text("anybody") }, ...providers].map((provider) => ({
    ...provider,
    to: { provider: provider.id, day: null, time: null },
    isChosen: provider.id === chosen,
  })));
}

export function showWeek(week, chosen) {
  const monday = mondayOf(chosen);
  element("month").textContent = format("month", startOf(chosen));
  element("before").href = linkTo({ day: plusDays(monday, -7), time: null });
  element("after").href = linkTo({ day: plusDays(monday, 7), time: null });
  reveal({ before: monday > dayOf(now()) });
  showLinks("days", week.map(({ day, isOpen }) => ({
    to: { day, time: null },
    isChosen: day === chosen,
    state: isOpen ? "" : "closed",
    weekday: format("weekday", startOf(day)),
    number: format("day", startOf(day)),
    month: format("month", startOf(day)) + (isOpen ? "" : text("closed")),
  })));
}

/** In the reader's zone, and in the provider's where it differs. */
export function showTimes(times, chosen, isAnybody) {
  const [[{ provider = {}, startsAt } = {}] = []] = times;
  const there = !isAnybody && times.length && timeIn(provider.timeZone, startsAt);
  const values = { zone: nameOf(zone), name: provider.name, there: there && nameOf(provider.timeZone) };
  say(element("zone"), text(there ? "zones" : "zone", values));
  showLinks("times", times.map((some) => ({
    to: { time: some[0].id },
    isChosen: some.some(({ id }) => id === chosen),
    time: format("time", some[0].startsAt),
    there: there && timeIn(provider.timeZone, some[0].startsAt),
  })));
}
