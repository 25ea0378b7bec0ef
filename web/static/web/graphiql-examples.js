"use strict";

// Sample values, by the name of a field or variable, or by input type and field.
const SAMPLES = {
  "CreateServiceInput.name": "Massage",
  "UpdateServiceInput.name": "Massage",
  bio: "Fifteen years of experience.",
  description: "Half an hour, for people who sit a lot.",
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

/** Returns an id for each type of object: the viewer's own, else any. `fetchData` returns a query's data, or null. */
async function findIds(fetchData) {
  const nextWeeks = EXISTING.replace("FROM", nextWeek("startsFrom")).replace("BEFORE", nextWeek("startsBefore"));
  const [existing, reserved] = await Promise.all([fetchData(nextWeeks), fetchData(RESERVED)]);
  const open = existing?.open.nodes ?? [];
  const reservation = reserved?.held.nodes[0] ?? reserved?.any.nodes[0];
  const provider = existing?.viewer.provider?.id ?? existing?.providers.nodes[0]?.id;
  return {
    appointment: open[Math.floor(Math.random() * open.length)]?.id, // another one at each run, since each can be reserved once
    provider,
    service: existing?.services.nodes[0]?.id,
    client: existing?.viewer.client?.id ?? reservation?.client.id,
    reservation: reservation?.id,
    node: provider,
    nodes: provider,
  };
}

/** Returns variables for a document: those that the schema requires or SAMPLES has; dates are in the next week. */
function exampleVariables(text, schema, ids) {
  const kind = /\{\s*(\w+)/.exec(text)[1]; // the first field is named like the type that `id` refers to
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
  if (type.name === "ID") return ids[name.replace(/Ids?$/, "")] ?? ""; // the viewer's own needs a log-in
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

/** Returns next Monday at nine; at five for the end of something; Saturday for the end of a search (…Before). */
function nextWeek(name) {
  const day = new Date();
  const untilMonday = (8 - day.getUTCDay()) % 7 || 7;
  day.setUTCDate(day.getUTCDate() + untilMonday + (name.endsWith("Before") ? 5 : 0));
  day.setUTCHours(name.startsWith("ends") ? 17 : 9, 0, 0, 0);
  return day.toISOString().replace(".000", "");
}
