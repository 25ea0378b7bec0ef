// usage: node breaking-changes.mjs OLD NEW
//
// Reports every change from one schema to the other that is BREAKING for clients, or DANGEROUS: perhaps breaking.
// Exits with 1 when one is BREAKING. An element that OLD deprecates may be removed once the date at the end of the
// reason has passed: "Removal after YYYY-MM-DD."
import { readFileSync } from "node:fs";
import { CriticalityLevel, diff, DiffRule } from "@graphql-inspector/core";
import { buildASTSchema, getDirectiveValues, GraphQLDeprecatedDirective, parse, visit } from "graphql";

const REMOVAL = /\bRemoval after (\d{4}-\d\d-\d\d)\.$/;
const today = new Date().toISOString().slice(0, 10);

function mayBeRemoved(node) {
  const reason = getDirectiveValues(GraphQLDeprecatedDirective, node)?.reason ?? "";
  const [, date = today] = REMOVAL.exec(reason) ?? [];
  return date < today;
}

// Visits every element that can be deprecated, with its coordinate: Type.field.argument.
function visitElements(document, element) {
  const enter = (node, _key, _parent, _path, ancestors) =>
    element(node, [...ancestors, node].map((one) => one.name?.value).filter(Boolean).join("."));
  return visit(document, { FieldDefinition: enter, InputValueDefinition: enter, EnumValueDefinition: enter });
}

const [old, current] = process.argv.slice(2).map((path) => parse(readFileSync(path, "utf8"), { noLocation: true }));
const existing = new Set();
visitElements(current, (_node, coordinate) => void existing.add(coordinate));
const supported = visitElements(old, (node, coordinate) => (mayBeRemoved(node) && !existing.has(coordinate) ? null : undefined));

const changes = await diff(
  buildASTSchema(supported, { assumeValid: true }),
  buildASTSchema(current),
  [DiffRule.safeUnreachable], // a type may go with the last field that led to it
);
for (const level of [CriticalityLevel.Breaking, CriticalityLevel.Dangerous]) {
  const found = changes.filter((change) => change.criticality.level === level);
  for (const change of found) {
    console.log(`${level}  ${change.path ?? "the schema"}: ${change.message}`);
    if (level === CriticalityLevel.Breaking) process.exitCode = 1;
  }
}
