// urql with automatic persisted queries: read all pages of open appointments, reserve the last, confirm it.
import { Client, fetchExchange } from "@urql/core";
import { persistedExchange } from "@urql/exchange-persisted";
import { createHash } from "node:crypto";
import { input, logIn, recorder, output } from "./harness.mjs";

const OPEN = `
  query UrqlOpenQuery($filter: OpenAppointmentFilter!, $after: String) {
    openAppointments(filter: $filter, first: 2, after: $after) {
      nodes { id startsAt }
      pageInfo { hasNextPage endCursor }
    }
  }
`;
const RESERVE = `
  mutation UrqlReserveMutation($input: ReserveAppointmentInput!) {
    reserveAppointment(input: $input) { reservation { id status } userErrors { code } }
  }
`;
const CONFIRM = `
  mutation UrqlConfirmMutation($input: ConfirmReservationInput!) {
    confirmReservation(input: $input) { reservation { id status } userErrors { code } }
  }
`;

const { requests, recordingFetch } = recorder();
const token = await logIn(input);
const client = new Client({
  url: `${input.server}/graphql/`,
  fetch: recordingFetch,
  fetchOptions: { headers: { Authorization: `Bearer ${token}` } },
  exchanges: [
    persistedExchange({
      preferGetForPersistedQueries: true,
      enableForMutation: true,
      generateHash: async (text) => createHash("sha256").update(text).digest("hex"),
    }),
    fetchExchange,
  ],
});

async function dataOf(result) {
  const { data, error } = await result.toPromise();
  if (error) throw error;
  return data;
}

const pages = [];
let after = null;
do {
  const { openAppointments } = await dataOf(client.query(OPEN, { filter: input.filter, after }));
  pages.push(openAppointments.nodes);
  after = openAppointments.pageInfo.hasNextPage ? openAppointments.pageInfo.endCursor : null;
} while (after);

const appointmentId = pages.at(-1).at(-1).id;
const { reserveAppointment } = await dataOf(client.mutation(RESERVE, { input: { appointmentId } }));
const reservationId = reserveAppointment.reservation.id;
const { confirmReservation } = await dataOf(client.mutation(CONFIRM, { input: { reservationId } }));

output({
  pages: pages.map((page) => page.map(({ startsAt }) => startsAt)),
  statuses: [reserveAppointment.reservation.status, confirmReservation.reservation.status],
  requests,
});
