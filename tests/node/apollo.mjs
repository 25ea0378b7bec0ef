// Apollo Client 4 with automatic persisted queries: read all pages of open appointments, reserve the last, confirm it.
import { ApolloClient, ApolloLink, gql, HttpLink, InMemoryCache } from "@apollo/client/core";
import { PersistedQueryLink } from "@apollo/client/link/persisted-queries";
import { relayStylePagination } from "@apollo/client/utilities";
import { createHash } from "node:crypto";
import { input, logIn, recorder, output } from "./harness.mjs";

const OPEN = gql`
  query ApolloOpenQuery($filter: OpenAppointmentFilter!, $after: String) {
    openAppointments(filter: $filter, first: 2, after: $after) {
      edges { cursor node { id startsAt } }
      pageInfo { hasNextPage endCursor }
    }
  }
`;
const RESERVE = gql`
  mutation ApolloReserveMutation($input: ReserveAppointmentInput!) {
    reserveAppointment(input: $input) { reservation { id status } userErrors { code } }
  }
`;
const CONFIRM = gql`
  mutation ApolloConfirmMutation($input: ConfirmReservationInput!) {
    confirmReservation(input: $input) { reservation { id status } userErrors { code } }
  }
`;
const STATUS = gql`fragment Status on Reservation { status }`;

const { requests, recordingFetch } = recorder();
const client = new ApolloClient({
  cache: new InMemoryCache({
    typePolicies: { Query: { fields: { openAppointments: relayStylePagination(["filter"]) } } },
  }),
  link: ApolloLink.from([
    new PersistedQueryLink({
      sha256: (text) => createHash("sha256").update(text).digest("hex"),
      useGETForHashedQueries: true,
    }),
    new HttpLink({
      uri: `${input.server}/graphql/`,
      headers: { Authorization: `Bearer ${await logIn(input)}` },
      fetch: recordingFetch,
    }),
  ]),
});

const shown = { query: OPEN, variables: { filter: input.filter } };
const list = client.watchQuery(shown);
await new Promise((resolve) => list.subscribe(({ loading }) => loading || resolve()));
const read = () => client.readQuery(shown).openAppointments;
const startsOf = ({ edges }) => edges.map(({ node }) => node.startsAt);

const reads = [startsOf(read())];
while (read().pageInfo.hasNextPage) {
  await list.fetchMore({ variables: { after: read().pageInfo.endCursor } });
  reads.push(startsOf(read()));
}

const appointmentId = read().edges.at(-1).node.id;
const held = await client.mutate({ mutation: RESERVE, variables: { input: { appointmentId } } });
const hold = held.data.reserveAppointment.reservation;
const confirmed = await client.mutate({ mutation: CONFIRM, variables: { input: { reservationId: hold.id } } });
const booking = confirmed.data.confirmReservation.reservation;

output({
  reads,
  statuses: [hold.status, booking.status],
  cached: client.readFragment({ from: hold, fragment: STATUS }).status,
  requests,
});
client.stop();
