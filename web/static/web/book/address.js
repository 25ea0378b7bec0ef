// What is shown: view, service, provider, day, time, move. What is wrong is as not said.

export function address() {
  const { day, ...rest } = Object.fromEntries(new URLSearchParams(location.search));
  return /^2\d{3}-\d\d-\d\d$/.test(day) && Date.parse(day) ? { ...rest, day } : rest;
}

/** The address with some of it changed, or taken out by null. */
export function linkTo(changes) {
  return `?${new URLSearchParams(Object.entries({ ...address(), ...changes }).filter(([, value]) => value))}`;
}

export function go(link) {
  history.pushState(null, "", link);
  dispatchEvent(new Event("popstate"));
}

/** Change it without a step back. */
export const replace = (changes) => history.replaceState(null, "", linkTo(changes));
