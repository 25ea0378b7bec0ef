import { go, linkTo } from "./address.js";

export const $ = (id) => document.getElementById(id);

export const { texts, tones, steps } = JSON.parse($("words").textContent);

// Unicode's isolates, in which no name can contain the end of its own.
const [START, END] = ["\u2068", "\u2069"];
const isolate = (value) => `${START}${value}${END}`;

/** A sentence for `say`; its values are isolated. */
export const text = (name, values) => (texts[name] ?? texts.OTHER).replace(/\{(\w+)\}/g, (_, value) => isolate(values[value]));

/** Shows a text. What is isolated stands in <bdi>, so that a name does not change the direction of what follows it. */
export function say(box, sentence) {
  box.replaceChildren();
  let inner = box;
  for (const piece of (sentence || "").split(/([\u2068\u2069])/)) {
    if (piece === START) inner = inner.appendChild(document.createElement("bdi"));
    else if (piece === END) inner = inner === box ? box : inner.parentNode;
    else inner.append(piece);
  }
}

/** A template with its texts; elements without one are hidden. */
export function part(name, slots) {
  const copy = $(`part-${name}`).content.cloneNode(true).firstElementChild;
  for (const slot of [copy, ...copy.querySelectorAll("*")]) {
    if (!slot.dataset.text) continue;
    const value = slots[slot.dataset.text];
    say(slot, value && isolate(value));
    slot.hidden = !value;
  }
  return copy;
}

/** By id. */
export function reveal(visible) {
  for (const [id, isVisible] of Object.entries(visible)) $(id).hidden = !isVisible;
}

/** Links that change the address, first to what they choose; the focus stays. */
export function showLinks(name, chosen, items) {
  const box = $(name);
  const focused = box.contains(document.activeElement) && document.activeElement.href;
  box.replaceChildren(...items.map(({ to, state = "", ...slots }) => {
    const item = part(name, slots);
    const link = item.querySelector("a");
    const ariaCurrent = Object.values(to)[0] === chosen || null;
    Object.assign(link, { href: linkTo(to), ariaCurrent, className: state });
    if (link.href === focused) setTimeout(() => link.focus());
    return item;
  }));
}

/** A button's `data-do` names its action; ignores clicks while busy. */
export function listen(act) {
  document.addEventListener("click", async (event) => {
    const target = event.target.closest("a[href^='?']:not([hreflang]), [data-do]");
    if (!target || target.ariaBusy || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (target.href) return go(target.getAttribute("href"));
    target.ariaBusy = "true";
    await act(target.dataset.do, target).finally(() => (target.ariaBusy = null));
  });
}

/** For screen readers. */
export function announce(sentence) {
  $("status").textContent = "";
  setTimeout(() => say($("status"), sentence), 100);
}

/** What has happened, and next steps: labels and functions. */
export function notice(sentence, next = [], kind = "wrong") {
  const box = $("notice");
  const buttons = next.map(([label, onclick]) => Object.assign(part("step", { label }), { onclick }));
  box.className = kind;
  box.replaceChildren(part("notice", { sentence }), ...buttons);
  reveal({ notice: sentence });
  if (sentence) box.focus();
}
