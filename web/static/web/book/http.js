import { setClock } from "./time.js";

/** code: the API's or ours; seconds: when to try again. */
export class Failure extends Error {
  constructor(code, seconds) {
    super(code);
    Object.assign(this, { code, seconds });
  }
}

/** Status and JSON. Raises a Failure without an answer. */
export async function send(url, { method = "POST", body, headers } = {}) {
  const asked = Date.now();
  const answer = await fetch(url, {
    method,
    credentials: "omit", // the token says who asks
    headers: { Accept: "application/json", ...(body && { "Content-Type": "application/json" }), ...headers },
    body: body && JSON.stringify(body),
    signal: AbortSignal.timeout(15_000),
  }).catch(() => null);
  const text = await answer?.text().catch(() => null);
  if (text == null) throw new Failure("NETWORK");
  if (method === "POST") setClock(answer.headers.get("Date"), asked); // what is kept is older
  const { status } = answer;
  if (status === 429) throw new Failure("RATE_LIMITED", answer.headers.get("Retry-After") ?? 60);
  try {
    if (status < 500) return { status, json: JSON.parse(text || "{}") };
  } catch {} // a proxy's page
  throw new Failure("SERVICE_UNAVAILABLE");
}
