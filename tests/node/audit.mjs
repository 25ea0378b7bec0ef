// graphql-http's audit of GraphQL over HTTP.
import { auditServer } from "graphql-http";
import { input, output } from "./harness.mjs";

const results = await auditServer({ url: input.url });
output(results.map(({ id, name, status, reason }) => ({ id, name, status, reason })));
