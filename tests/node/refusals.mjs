// What Apollo Client and urql return for responses with errors: the data, and the codes of the GraphQL errors.
import { ApolloClient, gql, HttpLink, InMemoryCache } from "@apollo/client/core";
import { CombinedGraphQLErrors } from "@apollo/client/errors";
import { Client, fetchExchange } from "@urql/core";
import { input, output } from "./harness.mjs";

const codesOf = (errors) => errors.map(({ extensions }) => extensions.code);

async function queryApollo({ document, headers }) {
  const client = new ApolloClient({ cache: new InMemoryCache(), link: new HttpLink({ uri: input.url, headers }) });
  const { data, error } = await client.query({ query: gql(document), errorPolicy: "all" });
  if (!CombinedGraphQLErrors.is(error)) throw error;
  return [data ?? null, codesOf(error.errors)];
}

async function queryUrql({ document, headers }) {
  const client = new Client({ url: input.url, fetchOptions: { headers }, exchanges: [fetchExchange] });
  const { data, error } = await client.query(document).toPromise();
  if (error.networkError) throw error;
  return [data ?? null, codesOf(error.graphQLErrors)];
}

output({ apollo: await Promise.all(input.requests.map(queryApollo)), urql: await Promise.all(input.requests.map(queryUrql)) });
