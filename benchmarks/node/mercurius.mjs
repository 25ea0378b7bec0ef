// mercurius on fastify; graphql-jit compiles each document at its second request.
import { readFileSync } from "node:fs";
import fastify from "fastify";
import mercurius from "mercurius";
import { address, inProcesses } from "./processes.mjs";
import { resolvers } from "./resolvers.mjs";
import { loaders } from "./rows.mjs";

inProcesses(async () => {
  const schema = readFileSync(new URL("schema.graphql", import.meta.url), "utf8");
  const server = fastify();
  server.register(mercurius, { schema, resolvers, context: loaders, jit: 1 });
  await server.listen(address);
});
