"use strict";

// What stands for a field or variable of this name, of this input or of any.
const SAMPLES = {
  "CreateServiceInput.name": "Massage",
  "UpdateServiceInput.name": "Massage",
  bio: "Fifteen years of experience.",
  description: "Half an hour, for whoever sits a lot.",
  durationMinutes: 30,
  email: "robin@example.com",
  first: 10,
  last: 10,
  name: "Robin Example",
  note: "The first time for me.",
  phone: "+33 1 23 45 67 89",
  reason: "Something came up.",
  timeZone: "Europe/Paris",
};

const EXISTING = `{
  open: openAppointments(first: 100, filter: { startsFrom: "FROM", startsBefore: "BEFORE" }) { nodes { id } }
  providers(first: 1) { nodes { id } }
  services(first: 1) { nodes { id } }
  viewer { client { id } provider { id } }
}`;

const RESERVED = `{
  held: reservations(first: 1, filter: { status: [PENDING] }) { nodes { id client { id } } }
  any: reservations(last: 1) { nodes { id client { id } } }
}`;

/** For each kind of object an id: the viewer's own, or any that there is. `ask` answers a query's data, or null. */
async function findIds(ask) {
  const nextWeeks = EXISTING.replace("FROM", nextWeek("startsFrom")).replace("BEFORE", nextWeek("startsBefore"));
  const [existing, reserved] = await Promise.all([ask(nextWeeks), ask(RESERVED)]);
  const open = existing?.open.nodes ?? [];
  const reservation = reserved?.held.nodes[0] ?? reserved?.any.nodes[0];
  const provider = existing?.viewer.provider?.id ?? existing?.providers.nodes[0]?.id;
  return {
    appointment: open[Math.floor(Math.random() * open.length)]?.id, // the same one is reserved only once
    provider,
    service: existing?.services.nodes[0]?.id,
    client: existing?.viewer.client?.id ?? reservation?.client.id,
    reservation: reservation?.id,
    node: provider,
    nodes: provider,
  };
}

/** Variables for a document: what the schema requires and what SAMPLES names, in the next week. */
function exampleVariables(text, schema, ids) {
  const kind = /\{\s*(\w+)/.exec(text)[1]; // the first field is named as the kind of object that an `id` is of
  const variables = {};
  for (const [, name, written] of text.matchAll(/\$(\w+):\s*([\w[\]!]+)/g)) {
    if (!written.endsWith("!") && !(name in SAMPLES)) continue;
    const type = schema.getType(written.replace(/[[\]!]/g, ""));
    const value = exampleValue(/^ids?$/.test(name) ? kind : name, type, ids);
    variables[name] = written.startsWith("[") ? [value] : value;
  }
  return variables;
}

function exampleValue(name, type, ids) {
  if (type.getFields) return exampleInput(type, ids);
  if (type.name === "ID") return ids[name.replace(/Ids?$/, "")] ?? ""; // one that is the viewer's own needs a log-in
  if (type.name === "DateTime") return nextWeek(name);
  return SAMPLES[name] ?? type.getValues?.()[0].name ?? "";
}

function exampleInput(type, ids) {
  const input = {};
  for (const { name, type: written } of Object.values(type.getFields())) {
    const sample = SAMPLES[`${type.name}.${name}`] ?? SAMPLES[name];
    const isRequired = String(written).endsWith("!");
    if (sample !== undefined) input[name] = sample;
    else if (isRequired) input[name] = exampleValue(name, written.ofType, ids);
  }
  return input;
}

/** Next Monday at nine; what ends, ends at five; what is looked through, until Saturday. */
function nextWeek(name) {
  const day = new Date();
  const untilMonday = (8 - day.getUTCDay()) % 7 || 7;
  day.setUTCDate(day.getUTCDate() + untilMonday + (name.endsWith("Before") ? 5 : 0));
  day.setUTCHours(name.startsWith("ends") ? 17 : 9, 0, 0, 0);
  return day.toISOString().replace(".000", "");
}
