import { setClock } from "./time.js";

/** seconds: retry after. */
export class Failure extends Error {
  constructor(code, seconds) {
    super(code);
    Object.assign(this, { code, seconds });
  }
}

/** Returns status and JSON. Throws a Failure. */
export async function send(url, { method = "POST", body, headers } = {}) {
  const sentAt = Date.now();
  const response = await fetch(url, {
    method,
    credentials: "omit", // the token authenticates
    headers: { Accept: "application/json", ...(body && { "Content-Type": "application/json" }), ...headers },
    body: body && JSON.stringify(body),
    signal: AbortSignal.timeout(15_000),
  }).catch(() => null);
  const text = await response?.text().catch(() => null);
  if (text == null) throw new Failure("NETWORK");
  if (method === "POST") setClock(response.headers.get("Date"), sentAt); // a GET may be cached
  const { status } = response;
  if (status === 429) throw new Failure("RATE_LIMITED", response.headers.get("Retry-After") ?? 60);
  try {
    if (status < 500) return { status, json: JSON.parse(text || "{}") };
  } catch {} // HTML from a proxy
  throw new Failure("SERVICE_UNAVAILABLE");
}
