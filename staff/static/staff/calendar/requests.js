// What the page asks the server. Every failure becomes a sentence.

import { find } from "./dom.js";

export class Failure extends Error {}

const root = find("#calendar");
const token = find("input[name=csrfmiddlewaretoken]", root).value;

async function ask(path, options = {}) {
  let response;
  try {
    response = await fetch(new URL(path, new URL(root.dataset.base, location.href)), {
      redirect: "manual",
      ...options,
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Failure("The server cannot be reached. What is shown may be out of date.");
  }
  if (response.type === "opaqueredirect") throw new Failure("You have been logged out. Load the page again to log in.");
  if (response.status === 403)
    throw new Failure("You may not do this, or your session has changed: load the page again.");
  if (response.status === 404) throw new Failure("This is not there any more.");
  if (!response.ok) throw new Failure("The server could not do this. Try again in a moment.");
  return response;
}

export const readJson = async (path, query = {}, signal) =>
  (await ask(`${path}?${new URLSearchParams(query)}`, { signal })).json();

export const readHtml = async (path, query = {}) => (await ask(`${path}?${new URLSearchParams(query)}`)).text();

// Answers what was done, or the refusal: then nothing has changed.
export const send = async (path, fields, signal) =>
  (
    await ask(path, { method: "POST", headers: { "X-CSRFToken": token }, body: new URLSearchParams(fields), signal })
  ).json();

// Under which a command has its effect once, however often it is sent. `crypto.randomUUID` needs HTTPS.
export const newKey = () =>
  `calendar-${[...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
