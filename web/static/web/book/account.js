import { $, announce, notice, say, text } from "./page.js";
import { giveCode, logIn, logOut, signUp, stored } from "./session.js";

const dialog = $("account");
const form = dialog.querySelector("form");
const SUBMIT = { "log-in": logIn, "sign-up": signUp, code: giveCode };
let next = null;

export function logInAnd(then) {
  next = then;
  dialog.className = then ? "waits" : "";
  dialog.showModal();
  setMode("log-in");
}

function setMode(mode) {
  form.dataset.mode = mode;
  for (const field of form.querySelectorAll("[data-for]")) field.hidden = !field.dataset.for.includes(mode);
  for (const input of form.elements) input.disabled = input.closest("[hidden]");
  form.password.autocomplete = mode === "sign-up" ? "new-password" : "current-password";
  $("refusal").textContent = "";
  form.querySelector("input:enabled").focus();
}

async function enter() {
  const fields = Object.fromEntries(new FormData(form));
  const refused = await SUBMIT[form.dataset.mode](fields).catch(({ code }) => code);
  if (refused === "mfa_authenticate") return setMode("code");
  say($("refusal"), refused && text(refused, { seconds: 60 }));
  if (refused) return form.querySelector("[data-wrong]:enabled").focus();
  form.reset();
  dialog.close();
  announce(text("loggedIn", stored()));
  next?.();
}

export function showAccount() {
  const session = stored();
  $("who").textContent = session?.email ?? "";
  document.body.classList.toggle("member", !!session);
}

export const ACCOUNT_ACTS = {
  mode: ({ value }) => setMode(value),
  close: (button) => button.closest("dialog").close(),
  logIn: () => logInAnd(),
  async logOut() {
    await logOut();
    notice(text("loggedOut"), [], "well");
  },
  enter: () => form.reportValidity() && enter(),
};
