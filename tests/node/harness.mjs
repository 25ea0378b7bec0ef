// The interface between the programs in this folder and their tests: JSON on stdin, one line of JSON on stdout.
import { readFileSync } from "node:fs";

export const input = JSON.parse(readFileSync(0, "utf8"));

export function output(value) {
  console.log(JSON.stringify(value));
}

/** The access token of the person whose credentials are in the input. */
export async function logIn({ server, credentials }) {
  const response = await fetch(`${server}/auth/app/v1/auth/login`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(credentials),
  });
  return (await response.json()).meta.access_token;
}

/** A fetch that records each request's method and parts, and the code of the first error or the status. */
export function recorder() {
  const requests = [];
  async function recordingFetch(url, options = {}) {
    const method = options.method ?? "GET";
    const sent = method === "GET" ? Object.fromEntries(new URL(url).searchParams) : JSON.parse(options.body);
    const extensions = typeof sent.extensions === "string" ? JSON.parse(sent.extensions) : sent.extensions;
    const response = await fetch(url, options);
    const { errors } = await response.clone().json();
    const parts = [extensions?.persistedQuery && "hash", sent.query && "document"].filter(Boolean).join(" and ");
    requests.push([method, parts, errors?.[0].extensions.code ?? response.status]);
    return response;
  }
  return { requests, recordingFetch };
}
