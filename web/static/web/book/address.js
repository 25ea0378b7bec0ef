export function address() {
  const { day, ...rest } = Object.fromEntries(new URLSearchParams(location.search));
  return /^2\d{3}-\d\d-\d\d$/.test(day) && Date.parse(day) ? { ...rest, day } : rest;
}

/** With changes; null removes. */
export function linkTo(changes) {
  return `?${new URLSearchParams(Object.entries({ ...address(), ...changes }).filter(([, value]) => value))}`;
}

export function go(link) {
  history.pushState(null, "", link);
  dispatchEvent(new Event("popstate"));
}

/** Adds no entry to the history. */
export const replace = (changes) => history.replaceState(null, "", linkTo(changes));
