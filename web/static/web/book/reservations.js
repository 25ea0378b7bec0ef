import { execute } from "./api.js";
import { countDown } from "./countdown.js";
import { Failure } from "./http.js";
import { element, part, reveal, text, tones } from "./page.js";
import { stored } from "./session.js";
import { format, nameOf, now, timeIn } from "./time.js";

const shown = {}; // by id
let stops = []; // stop the countdowns

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

export const reservationOf = (button) => shown[button.closest("[data-id]").dataset.id];

function cardOf(reservation) {
  const { id, status, startsAt, service, cancelReason } = reservation;
  shown[id] = reservation;
  const card = part("card", { ...wordsOf(reservation), status: text(status), reason: cancelReason });
  Object.assign(card.dataset, { id, tone: tones[status] });
  for (const piece of card.querySelectorAll("[data-when]")) {
    const isPossible = piece.dataset.when.includes(status) && (service || piece.dataset.do !== "move");
    piece.hidden = !isPossible || Date.parse(startsAt) < now();
  }
  return card;
}

/** Shows holds and countdowns. Returns the ids of holds that are over. */
export async function showHolds(lapse) {
  const nodes = stored() ? (await find({ status: ["PENDING"] })).nodes : [];
  const before = [...element("holds").children].map(({ dataset }) => dataset.id);
  for (const stop of stops) stop();
  const cards = nodes.map(cardOf);
  element("holds").replaceChildren(...cards);
  stops = cards.map((card, place) => countDown(card, nodes[place], lapse));
  return before.filter((id) => stored() && !nodes.some((node) => node.id === id));
}

/** Booked, soonest first; past, latest first. */
export async function showMine(after) {
  const { nodes, pageInfo } = await find(null, after);
  const isToCome = ({ status, startsAt }) => element("upcoming").dataset.when.includes(status) && Date.parse(startsAt) > now();
  const upcoming = nodes.filter(isToCome).reverse();
  const past = nodes.filter((one) => one.status !== "PENDING" && !isToCome(one));
  for (const [name, reservations] of Object.entries({ upcoming, past })) {
    if (!after) element(name).replaceChildren();
    element(name).append(...reservations.map(cardOf));
    reveal({ [`no-${name}`]: !element(name).children.length });
  }
  element("more").value = pageInfo.endCursor;
  reveal({ more: pageInfo.hasNextPage });
}
