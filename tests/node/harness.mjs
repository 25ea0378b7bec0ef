// How the programs beside this file meet the test that runs them: JSON on stdin, one line of JSON on stdout.
import { readFileSync } from "node:fs";

export const input = JSON.parse(readFileSync(0, "utf8"));

export function tell(seen) {
  console.log(JSON.stringify(seen));
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

/** A fetch that notes what every request was like, and the code of its first error. */
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
