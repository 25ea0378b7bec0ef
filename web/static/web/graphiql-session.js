"use strict";

const STORED = "session"; // key in sessionStorage, which ends with the tab

const CODE_REQUIRED = "Enter a code of your authenticator app.";

/** The logged-in account. `urls` are those of allauth: logIn, secondFactor, refresh and session. */
class Session {
  constructor(urls, onChange) {
    this.urls = urls;
    this.onChange = onChange;
    this.renewal = null; // the pending renewal
  }

  get stored() {
    return JSON.parse(sessionStorage.getItem(STORED));
  }

  set stored(session) {
    if (session) sessionStorage.setItem(STORED, JSON.stringify(session));
    else sessionStorage.removeItem(STORED);
    this.onChange(session);
  }

  /** Returns null, or the failure as a sentence: CODE_REQUIRED when a code of the second factor is needed. */
  async logIn(email, password, code) {
    let response = await post(this.urls.logIn, { email, password }).catch(() => null);
    if (!response) return "The server does not answer. Try again in a moment.";
    let { data, meta, errors } = await response.json().catch(() => ({}));
    if (data?.flows?.some(({ id, is_pending }) => id === "mfa_authenticate" && is_pending)) {
      if (!code) return CODE_REQUIRED;
      const headers = [{ "X-Session-Token": meta.session_token }];
      response = await post(this.urls.secondFactor, { code }, { headers }).catch(() => null);
      if (!response) return "The server does not answer. Try again in a moment.";
      ({ data, meta, errors } = await response.json().catch(() => ({})));
    }
    if (!response.ok) return errors?.[0]?.message ?? "Logging in does not work right now.";
    this.stored = { email: data.user.email, access: meta.access_token, refresh: meta.refresh_token };
    return null;
  }

  async logOut() {
    const session = this.stored;
    this.stored = null;
    if (session) await fetch(this.urls.session, { method: "DELETE", headers: bearer(session) }).catch(() => null);
  }

  /** Returns the response to this body as the logged-in account. An expired access token is renewed once. */
  async post(url, body, { headers, signal } = {}) {
    const attempt = () => post(url, body, { headers: [bearer(this.stored), headers], signal });
    const session = this.stored;
    const response = await attempt();
    if (response.status !== 401 || !session) return response;
    // Another request may have renewed it in the meantime.
    if (this.stored?.access === session.access) {
      this.renewal ??= this.renew(session).finally(() => (this.renewal = null));
      await this.renewal;
    }
    return this.stored ? attempt() : response;
  }

  async renew(session) {
    const exchange = () => post(this.urls.refresh, { refresh_token: session.refresh });
    const response = await exchange().catch(exchange); // if its answer is lost, once more, with the same token
    if (response.ok) {
      const { data } = await response.json();
      this.stored = { ...session, access: data.access_token, refresh: data.refresh_token ?? session.refresh };
    } else if ([400, 401].includes(response.status)) {
      this.stored = null; // any other status may be temporary
    }
  }
}

/** `headers` are objects; later ones override earlier ones, regardless of case. */
function post(url, body, { headers = [], signal } = {}) {
  const merged = new Headers({ "Content-Type": "application/json", Accept: "application/json" });
  for (const [name, value] of headers.flatMap((some) => Object.entries(some ?? {}))) merged.set(name, value);
  return fetch(url, {
    method: "POST",
    credentials: "omit", // the token authenticates
    headers: merged,
    body: JSON.stringify(body),
    signal,
  });
}

function bearer(session) {
  return session ? { Authorization: `Bearer ${session.access}` } : {};
}
