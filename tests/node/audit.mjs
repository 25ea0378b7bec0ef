// graphql-http's audit of GraphQL over HTTP.
import { auditServer } from "graphql-http";
import { input, tell } from "./harness.mjs";

const results = await auditServer({ url: input.url });
tell(results.map(({ id, name, status, reason }) => ({ id, name, status, reason })));
