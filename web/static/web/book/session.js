import { Failure, send } from "./http.js";
import { now } from "./time.js";

const NAME = "book-session";
const MARGIN = 20_000; // milliseconds
const { auth } = document.body.dataset;
let pendingToken = null; // of a log-in that needs a code
let renewal = null;

/** The session, or null when logged out. */
export function stored() {
  // The cookie ends with the browser.
  return document.cookie.includes(NAME) ? JSON.parse(localStorage.getItem(NAME)) : null;
}

if (!stored()) localStorage.removeItem(NAME);

function store(session) {
  const isChanged = !stored() !== !session;
  document.cookie = `${NAME}=1; Path=/book; SameSite=Strict${session ? "" : "; Max-Age=0"}`;
  if (session) localStorage.setItem(NAME, JSON.stringify(session));
  else localStorage.removeItem(NAME);
  if (isChanged) dispatchEvent(new Event("session"));
}

addEventListener("storage", ({ key, oldValue, newValue }) => {
  if (key === NAME && !oldValue !== !newValue) dispatchEvent(new Event("session"));
});

// Each returns "", mfa_authenticate, or an error code.
export const logIn = ({ email, password }) => enter("auth/login", { email, password });
export const signUp = ({ name, email, password }) => enter("auth/signup", { name, email, password });
export const giveCode = ({ code }) => enter("auth/2fa/authenticate", { code }, { "X-Session-Token": pendingToken });

async function enter(path, body, headers) {
  const { status, json } = await send(auth + path, { body, headers });
  const { data, meta, errors } = json;
  pendingToken = meta?.session_token ?? pendingToken;
  if (status !== 200) return data?.flows?.find((flow) => flow.is_pending)?.id ?? errors?.[0].code ?? "OTHER";
  store({ email: data.user.email, access: meta.access_token, refresh: meta.refresh_token });
  return "";
}

export async function logOut() {
  const headers = await bearer().catch(() => null);
  store(null);
  if (headers) await send(`${auth}auth/session`, { method: "DELETE", headers }).catch(() => null);
}

/** Throws a Failure when logged out. */
export async function bearer() {
  const session = stored();
  if (session && expiryOf(session.access) < now() + MARGIN) await renew(session);
  if (!stored()) throw new Failure("UNAUTHENTICATED");
  return { Authorization: `Bearer ${stored().access}` };
}

/** Once in all tabs. Without HTTPS and its locks, each gets the same. */
export function renew(session) {
  const work = () => exchange(session);
  return (renewal ??= (navigator.locks?.request(NAME, work) ?? work()).finally(() => (renewal = null)));
}

async function exchange(session) {
  if (stored()?.access !== session.access) return; // by another tab
  const request = () => send(`${auth}tokens/refresh`, { body: { refresh_token: session.refresh } });
  const { status, json } = await request().catch((e) => (e.seconds ? Promise.reject(e) : request())); // if lost, again
  if (status !== 200) return store(null);
  const { access_token: access, refresh_token: refresh } = json.data;
  store({ ...session, access, refresh });
}

function expiryOf(token) {
  return JSON.parse(atob(token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/"))).exp * 1000;
}
