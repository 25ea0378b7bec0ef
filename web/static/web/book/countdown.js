import { announce, text } from "./page.js";
import { formatMinutes, now } from "./time.js";

const ANNOUNCED_MINUTES = [10, 5, 1];
const MINUTE = 60_000;

/** Counts down by the server's clock. Returns a function to stop. */
export function countDown(card, { createdAt, expiresAt }, isOver) {
  const end = Date.parse(expiresAt);
  let before = end - now();
  const tick = () => {
    const left = Math.max(0, end - now());
    const digits = new Date(Math.ceil(left / 1000) * 1000).toISOString();
    card.querySelector(".left").textContent = digits.slice(left > 60 * MINUTE ? 11 : 14, 19);
    card.querySelector("progress").value = left / (end - Date.parse(createdAt));
    card.classList.toggle("urgent", left < 5 * MINUTE);
    const passed = ANNOUNCED_MINUTES.find((minutes) => left <= minutes * MINUTE && minutes * MINUTE < before);
    if (passed) announce(text("left", { minutes: formatMinutes(passed) }));
    before = left;
    if (left) return;
    clearInterval(timer);
    isOver();
  };
  const timer = setInterval(tick, 1000);
  tick();
  return () => clearInterval(timer);
}
