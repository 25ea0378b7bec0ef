import { execute } from "./api.js";
import { countDown } from "./countdown.js";
import { Failure } from "./http.js";
import { $, part, reveal, text, tones } from "./page.js";
import { stored } from "./session.js";
import { format, nameOf, now, timeIn } from "./time.js";

const shown = {}; // by id

export function wordsOf({ service, provider, startsAt, endsAt }) {
  const there = timeIn(provider.timeZone, startsAt);
  return {
    what: service?.name ?? text("appointment"),
    who: text("with", provider),
    date: format("date", startsAt),
    time: format("time", startsAt) + (endsAt ? ` – ${format("time", endsAt)}` : ""),
    there: there && text("there", { time: there, zone: nameOf(provider.timeZone) }),
  };
}

async function find(filter, after) {
  const { client } = (await execute("Mine", { filter, after })).viewer;
  if (!client) throw new Failure("NO_CLIENT");
  return client.page;
}

export const findOne = async (id) => (await execute("One", { id })).reservation;

/** As a service, with its length. */
export async function findMoved(id) {
  const found = (shown[id] ??= await findOne(id));
  if (!found) throw new Failure("NOT_FOUND");
  const durationMinutes = (Date.parse(found.endsAt) - Date.parse(found.startsAt)) / 60_000;
  return { ...found.service, own: found.provider, need: { durationMinutes } };
}

export const reservationOf = (button) => shown[button.closest("[data-id]").dataset.id];

function cardOf(reservation) {
  const { id, status, startsAt, cancelReason } = reservation;
  shown[id] = reservation;
  const card = part("card", { ...wordsOf(reservation), status: text(status), reason: cancelReason });
  Object.assign(card.dataset, { id, tone: tones[status] });
  for (const piece of card.querySelectorAll("[data-when]")) {
    piece.hidden = !piece.dataset.when.includes(status) || Date.parse(startsAt) < now();
  }
  return card;
}

/** Returns ids of former holds. */
export async function showHolds(lapse) {
  const nodes = stored() ? (await find({ status: ["PENDING"] })).nodes : [];
  const before = [...$("holds").children].map(({ dataset }) => dataset.id);
  const cards = nodes.map(cardOf);
  $("holds").replaceChildren(...cards);
  cards.forEach((card, place) => countDown(card, nodes[place], lapse));
  return before.filter((id) => stored() && !nodes.some((node) => node.id === id));
}

/** Booked, soonest first; past, latest first. */
export async function showMine(after) {
  const { nodes, pageInfo } = await find(null, after);
  const isToCome = ({ status, startsAt }) => $("upcoming").dataset.when.includes(status) && Date.parse(startsAt) > now();
  const upcoming = nodes.filter(isToCome).reverse();
  const past = nodes.filter((one) => one.status !== "PENDING" && !isToCome(one));
  for (const [name, reservations] of Object.entries({ upcoming, past })) {
    if (!after) $(name).replaceChildren();
    $(name).append(...reservations.map(cardOf));
    reveal({ [`no-${name}`]: !$(name).children.length });
  }
  $("more").value = pageInfo.endCursor;
  reveal({ more: pageInfo.hasNextPage });
}
