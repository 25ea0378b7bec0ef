// What Apollo Client and urql make of answers with errors: the data, and the codes of the GraphQL errors.
import { ApolloClient, gql, HttpLink, InMemoryCache } from "@apollo/client/core";
import { CombinedGraphQLErrors } from "@apollo/client/errors";
import { Client, fetchExchange } from "@urql/core";
import { input, tell } from "./harness.mjs";

const codesOf = (errors) => errors.map(({ extensions }) => extensions.code);

async function askApollo({ document, headers }) {
  const client = new ApolloClient({ cache: new InMemoryCache(), link: new HttpLink({ uri: input.url, headers }) });
  const { data, error } = await client.query({ query: gql(document), errorPolicy: "all" });
  if (!CombinedGraphQLErrors.is(error)) throw error;
  return [data ?? null, codesOf(error.errors)];
}

async function askUrql({ document, headers }) {
  const client = new Client({ url: input.url, fetchOptions: { headers }, exchanges: [fetchExchange] });
  const { data, error } = await client.query(document).toPromise();
  if (error.networkError) throw error;
  return [data ?? null, codesOf(error.graphQLErrors)];
}

tell({ apollo: await Promise.all(input.asked.map(askApollo)), urql: await Promise.all(input.asked.map(askUrql)) });
