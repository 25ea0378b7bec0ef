import { announce, text } from "./page.js";
import { formatMinutes, now } from "./time.js";

const MINUTE = 60_000;

/** By the server's clock, while it is shown. */
export function countDown(card, { createdAt, expiresAt }, isOver) {
  const end = Date.parse(expiresAt);
  let before = end - now();
  const tick = () => {
    const left = Math.max(0, end - now());
    const digits = new Date(Math.ceil(left / 1000) * 1000).toISOString();
    card.querySelector(".left").textContent = digits.slice(left > 60 * MINUTE ? 11 : 14, 19);
    card.querySelector("progress").value = left / (end - Date.parse(createdAt));
    card.classList.toggle("urgent", left < 5 * MINUTE);
    const passed = [10, 5, 1].find((minutes) => left <= minutes * MINUTE && minutes * MINUTE < before);
    if (passed) announce(text("left", { minutes: formatMinutes(passed) }));
    before = left;
    if (left && card.isConnected) return;
    clearInterval(timer);
    if (card.isConnected) isOver();
  };
  const timer = setInterval(tick, 1000);
  tick();
}
