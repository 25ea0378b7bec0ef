import { go, linkTo } from "./address.js";

export const element = (id) => document.getElementById(id);

export const { texts, tones, steps } = JSON.parse(element("words").textContent);

export const text = (name, values) => texts[name]?.replace(/\{(\w+)\}/g, (_, value) => values[value]);

/** A template with texts by `data-text`; elements without one are hidden. */
export function part(name, slots) {
  const copy = element(`part-${name}`).content.cloneNode(true).firstElementChild;
  for (const slot of [copy, ...copy.querySelectorAll("*")]) {
    if (!slot.dataset.text) continue;
    slot.textContent = slots[slot.dataset.text] || "";
    slot.hidden = !slot.textContent;
  }
  return copy;
}

/** Shows or hides elements by id. */
export function reveal(visible) {
  for (const [id, isVisible] of Object.entries(visible)) element(id).hidden = !isVisible;
}

/** Links that change the address; the focus stays. */
export function showLinks(name, items) {
  const box = element(name);
  const focused = box.contains(document.activeElement) && document.activeElement.href;
  box.replaceChildren(...items.map(({ to, isChosen, state = "", ...slots }) => {
    const item = part(name, slots);
    const link = item.querySelector("a");
    Object.assign(link, { href: linkTo(to), ariaCurrent: isChosen || null, className: state });
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
  element("status").textContent = "";
  setTimeout(() => (element("status").textContent = sentence), 100);
}

/** What has happened, and next steps: labels and functions. */
export function notice(sentence, next = [], kind = "wrong") {
  const box = element("notice");
  const buttons = next.map(([label, onclick]) => Object.assign(part("step", { label }), { onclick }));
  box.className = kind;
  box.replaceChildren(part("notice", { sentence }), ...buttons);
  reveal({ notice: sentence });
  if (sentence) box.focus();
}
