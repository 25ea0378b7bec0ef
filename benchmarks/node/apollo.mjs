// Apollo Server as its documentation starts it; parsed and validated documents are cached by default.
import { readFileSync } from "node:fs";
import { ApolloServer } from "@apollo/server";
import { startStandaloneServer } from "@apollo/server/standalone";
import { address, inProcesses } from "./processes.mjs";
import { resolvers } from "./resolvers.mjs";
import { loaders } from "./rows.mjs";

inProcesses(async () => {
  const typeDefs = readFileSync(new URL("schema.graphql", import.meta.url), "utf8");
  const server = new ApolloServer({ typeDefs, resolvers });
  await startStandaloneServer(server, { listen: address, context: async () => loaders() });
});
