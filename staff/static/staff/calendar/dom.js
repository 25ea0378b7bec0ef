// Makes and finds elements. Texts become text nodes: nothing from the server is parsed as HTML here.

export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (attribute === "style")
      for (const [property, setting] of Object.entries(value)) made.style.setProperty(property, setting);
    else made.setAttribute(attribute, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

// A name, which does not change the direction of what stands beside it.
export const isolated = (name) => element("bdi", {}, name);

// The name of a zone, with a possible line break after the continent.
export const zoneName = (zone) => zone.split(/(?<=\/)/).flatMap((part) => [part, element("wbr")]);

export const find = (selector, within = document) => within.querySelector(selector);
export const findAll = (selector, within = document) => [...within.querySelectorAll(selector)];

// A phone shows one column at a time.
export const narrow = matchMedia("(max-width: 640px)");
