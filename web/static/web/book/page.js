import { go, linkTo } from "./address.js";

export const $ = (id) => document.getElementById(id);

export const { texts, tones, steps } = JSON.parse($("words").textContent);

const isolate = (value) => `\u2068${value}\u2069`; // no name contains these

/** For `say`. */
export const text = (name, values) => (texts[name] ?? texts.OTHER).replace(/\{(\w+)\}/g, (_, slot) => isolate(values[slot]));

/** Values stand in <bdi>: none turns round what follows. */
export function say(box, sentence) {
  box.replaceChildren();
  let inner = box;
  for (const piece of (sentence || "").split(/([\u2068\u2069])/)) {
    if (piece === "\u2068") inner = inner.appendChild(document.createElement("bdi"));
    else if (piece === "\u2069") inner = inner.parentNode;
    else inner.append(piece);
  }
}

/** A template with its texts; hides what has none. */
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

export function reveal(visible) {
  for (const [id, isVisible] of Object.entries(visible)) $(id).hidden = !isVisible;
}

/** Links, first to what they choose; keeps the focus. */
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

/** By a button's `data-do`; ignores clicks while busy. */
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

/** next: labels and functions. */
export function notice(sentence, next = [], kind = "wrong") {
  const box = $("notice");
  const buttons = next.map(([label, onclick]) => Object.assign(part("step", { label }), { onclick }));
  box.className = kind;
  box.replaceChildren(part("notice", { sentence }), ...buttons);
  reveal({ notice: sentence });
  if (sentence) box.focus();
}
