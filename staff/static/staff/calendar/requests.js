// Requests to the server. Every failure has a message for people.

import { find } from "./dom.js";

export class Failure extends Error {}

const root = find("#calendar");
const token = find("input[name=csrfmiddlewaretoken]", root).value;

async function request(path, options = {}) {
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
  if (response.status === 404) throw new Failure("This no longer exists.");
  if (!response.ok) throw new Failure("The server could not do this. Try again in a moment.");
  return response;
}

export const readJson = async (path, query = {}, signal) =>
  (await request(`${path}?${new URLSearchParams(query)}`, { signal })).json();

export const readHtml = async (path, query = {}) => (await request(`${path}?${new URLSearchParams(query)}`)).text();

// Returns the result, or the refusal, after which nothing has changed.
export const send = async (path, fields, signal) =>
  (
    await request(path, { method: "POST", headers: { "X-CSRFToken": token }, body: new URLSearchParams(fields), signal })
  ).json();

// An idempotency key. `crypto.randomUUID` would need HTTPS.
export const newKey = () =>
  `calendar-${[...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
