import { ACCOUNT_ACTS, logInAnd, showAccount } from "./account.js";
import { address, go, linkTo, replace } from "./address.js";
import { change } from "./api.js";
import * as choice from "./choice.js";
import { Failure } from "./http.js";
import { $, listen, notice, part, reveal, steps, text } from "./page.js";
import { findMoved, findOne, reservationOf, showHolds, showMine, wordsOf } from "./reservations.js";
import { stored } from "./session.js";
import { format } from "./time.js";

const tabs = new BroadcastChannel("book");
let turn = 0; // drops earlier responses
let open = {}; // the day, its week and appointments
let offered = []; // appointments at the chosen time

async function show() {
  const current = ++turn;
  const { view: requested, move, service: id } = address();
  const view = requested === "mine" ? requested : "book";
  for (const link of document.querySelectorAll(".bar [href^='?']")) {
    if (link.hreflang) link.href = linkTo({ lang: link.hreflang });
    else link.ariaCurrent = link.dataset.view === view || null;
  }
  reveal({ book: view === "book", mine: view === "mine", moving: move });
  document.title = $(view).querySelector("h1").textContent;
  if (view === "mine") return stored() && showMine();
  const services = move ? [await findMoved(move)] : await choice.findServices();
  if (current !== turn) return;
  const service = services.find((one) => move || one.id === id);
  choice.showServices(services, id);
  reveal({ "no-services": !services.length, when: service });
  if (service) await showWhen(service, current);
}

async function showWhen(service, current) {
  const { provider: requested, day, time } = address();
  const providers = await choice.findProviders(service);
  if (current !== turn) return;
  const provider = providers.find(({ id }) => id === requested)?.id;
  choice.showProviders(providers, provider);
  const key = linkTo({ time: null });
  if (open.key !== key) {
    const when = $("when");
    when.ariaBusy = "true";
    const providerIds = provider ? [provider] : providers.map(({ id }) => id).slice(0, 100); // the API's maximum
    const wanted = { id: provider, need: service.need ?? { serviceId: service.id }, providerIds };
    const read = await choice.readWhen(wanted, day).finally(() => (when.ariaBusy = null));
    if (current !== turn) return;
    open = { key, ...read };
  }
  const times = choice.groupByStart(open.appointments);
  reveal({ calendar: open.day, nobody: !open.day, "more-times": open.pageInfo.hasNextPage });
  offered = times.find((some) => some.some(({ id }) => id === time)) ?? [];
  showChoice(service, time);
  if (!open.day) return;
  choice.showWeek(open.week, open.day);
  choice.showTimes(times, offered[0]?.id, !provider);
}

function showChoice(service, time) {
  const whose = $("whose");
  if (offered.some(({ id }) => id === whose.value)) return; // keeps the note
  whose.replaceChildren(...offered.map(({ id, provider }) => new Option(provider.name, id, false, id === time)));
  if (!offered.length) return;
  whose.onchange = () => $("chosen").replaceChildren(part("words", wordsOf({ service, ...chosen() })));
  whose.onchange();
  $("choice").focus();
}

const chosen = () => offered.find(({ id }) => id === $("whose").value);

async function refresh() {
  showAccount();
  open = {};
  const [gone] = await Promise.all([showHolds(() => setTimeout(reload, 1500)), show()]);
  for (const { status } of await Promise.all(gone.map(findOne))) {
    notice(text(status === "EXPIRED" ? "HOLD_EXPIRED" : "elsewhere", { status: text(status) }));
  }
}

const reload = () => attempt(refresh);

// By `data-do`.
const ACTS = {
  ...ACCOUNT_ACTS,
  first: () => go(linkTo({ day: null, time: null })),
  async moreTimes() {
    const { nodes, pageInfo } = await choice.findTimes(open);
    open.appointments.push(...nodes);
    open.pageInfo = pageInfo;
    return show();
  },
  more: ({ value }) => showMine(value),
  async hold() {
    const { id: appointmentId, startsAt } = chosen();
    const { move, service: serviceId } = address();
    const note = $("note").value;
    const [name, operation, input] = move
      ? ["moved", "Move", { reservationId: move, appointmentId }]
      : ["held", "Reserve", { appointmentId, serviceId, note }];
    await attempt(() => settle(name, operation, input, startsAt)); // retries it
  },
  confirm: (button) => settle("booked", "Confirm", { reservationId: reservationOf(button).id }),
  move(button) {
    const { id, provider } = reservationOf(button);
    go(`?${new URLSearchParams({ move: id, provider: provider.id })}`);
  },
  cancel(button) {
    const reservation = reservationOf(button);
    $("given-up").replaceChildren(part("words", wordsOf(reservation)));
    $("cancel").dataset.id = reservation.id;
    $("cancel").showModal();
  },
  async giveUp(button) {
    $("cancel").close();
    await settle("cancelled", "Cancel", { reservationId: reservationOf(button).id, reason: $("reason").value });
  },
};

/** Changes, and shows it in all tabs. */
async function settle(name, operation, input, startsAt) {
  const reservation = await change(operation, input).catch((failure) => {
    throw Object.assign(failure, { startsAt });
  });
  tabs.postMessage(name);
  $("holds").replaceChildren(); // not changed elsewhere
  $("times").replaceChildren(); // of a move
  replace({ time: null, move: null });
  $("note").value = $("reason").value = "";
  const next = name === "booked" ? [[text("mine"), STEPS.mine]] : [];
  if (await reload()) notice(text(name, wordsOf(reservation)), next, "well");
}

const STEPS = {
  mine: () => go("?view=mine"),
  logIn: logInAnd,
  logOut: ACCOUNT_ACTS.logOut,
  again: (again) => again(),
};

/** Returns true, or shows the failure. */
async function attempt(work) {
  const wasLoggedIn = stored();
  try {
    await work();
    return true;
  } catch (failure) {
    if (!(failure instanceof Failure)) throw failure;
    const { code, seconds, startsAt } = failure;
    const again = () => attempt(work);
    if (code === "UNAUTHENTICATED" && !wasLoggedIn) return logInAnd(again);
    const step = steps[code] ?? "again";
    if (!STEPS[step]) {
      replace({ time: null });
      await refresh().catch(() => {});
    }
    let next = step === "neighbours" ? neighbours(startsAt) : [];
    if (STEPS[step]) next = [[text(step), () => STEPS[step](again)]];
    notice(text(code, { seconds, time: startsAt && format("time", startsAt) }), next);
  }
}

/** The three open times close by. */
function neighbours(startsAt) {
  const distance = ([one]) => Math.abs(Date.parse(one.startsAt) - Date.parse(startsAt));
  const nearest = choice.groupByStart(open.appointments ?? []).sort((one, other) => distance(one) - distance(other));
  return nearest.slice(0, 3).map(([{ id, startsAt: start }]) => [format("time", start), () => go(linkTo({ time: id }))]);
}

listen((name, button) => attempt(async () => ACTS[name](button)));
addEventListener("popstate", () => {
  notice("");
  attempt(show);
});
addEventListener("session", reload);
addEventListener("online", reload);
addEventListener("visibilitychange", () => document.hidden || reload());
tabs.onmessage = reload;
reload();
