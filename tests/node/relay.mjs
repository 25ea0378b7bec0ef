// relay-runtime with the artifacts of relay-compiler: read a connection page by page, then refetch a node by its id.
import { join } from "node:path";
import relay from "relay-runtime";
import { input, logIn, output } from "./harness.mjs";

async function artifact(name) {
  return (await import(join(input.artifacts, `${name}.graphql.js`))).default;
}

const token = await logIn(input);
const environment = new relay.Environment({
  network: relay.Network.create(async ({ id, text }, variables) => {
    const response = await fetch(`${input.server}/graphql/`, {
      method: "POST",
      headers: { "Content-Type": "application/json", Authorization: `Bearer ${token}` },
      body: JSON.stringify({ ...(id ? { documentId: id } : { query: text }), variables }),
    });
    return response.json();
  }),
  store: new relay.Store(new relay.RecordSource()),
});

/** Fetches a query; returns the store's data of the fragment that is spread at a place of the response. */
async function read(query, fragment, variables, placeOf) {
  environment.retain(relay.createOperationDescriptor(query, variables)); // or it is collected as garbage
  const response = await relay.fetchQuery(environment, query, variables).toPromise();
  return environment.lookup(relay.getSingularSelector(fragment, placeOf(response))).data;
}

const [listQuery, list, refetchQuery, provider] = await Promise.all(
  ["OpenAppointmentsQuery", "OpenAppointments_list", "ProviderRefetchQuery", "Provider_provider"].map(artifact),
);
const startsOf = (connection) => connection.edges.map(({ node }) => node.startsAt);

const reads = [];
let after = null;
let found;
do {
  found = (await read(listQuery, list, { filter: input.filter, first: 2, after }, (query) => query)).openAppointments;
  reads.push(startsOf(found));
  after = found.pageInfo.endCursor;
} while (found.pageInfo.hasNextPage);

const variables = { ...input.filter, id: found.edges[0].node.provider.id };
const refetched = await read(refetchQuery, provider, variables, (query) => query.node);

output({ reads, provider: { name: refetched.name, open: startsOf(refetched.openAppointments) } });
