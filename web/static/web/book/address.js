// The address says what is shown (view, service, provider, day, time, move): so going back works.

export const address = () => Object.fromEntries(new URLSearchParams(location.search));

/** The address with some of it changed, or taken out by null. */
export function linkTo(changes) {
  return `?${new URLSearchParams(Object.entries({ ...address(), ...changes }).filter(([, value]) => value))}`;
}

export function go(link) {
  history.pushState(null, "", link);
  dispatchEvent(new Event("popstate"));
}

/** Change it, and let going back not lead here. */
export const replace = (changes) => history.replaceState(null, "", linkTo(changes));
