// A program with the types that graphql-codegen generates from docs/examples: reserve the first open appointment.
import {
  ConfirmReservationMutationDocument,
  OpenAppointmentsQueryDocument,
  ReserveAppointmentMutationDocument,
  type OpenAppointmentFilter,
  type OpenAppointmentsQueryQueryVariables,
  type ReservationStatus,
  type TypedDocumentString,
} from "./generated/graphql";

type Result = { startsAt: string; provider: string; statuses: ReservationStatus[] };

// Code that violates the schema does not compile. tsc reports each of these comments that is without an error.
// @ts-expect-error a filter needs both instants
export const halfOpen: OpenAppointmentFilter = { startsFrom: "2030-01-01T00:00:00Z" };
// @ts-expect-error the filter is required
export const unfiltered: OpenAppointmentsQueryQueryVariables = { first: 10 };
// @ts-expect-error there is no such status
export const maybe: ReservationStatus = "MAYBE";

export async function reserveFirst(url: string, token: string, filter: OpenAppointmentFilter): Promise<Result> {
  async function execute<Data, Variables>(document: TypedDocumentString<Data, Variables>, variables: Variables) {
    const response = await fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/json", Authorization: `Bearer ${token}` },
      body: JSON.stringify({ query: document, variables }),
    });
    return (await response.json()).data as Data;
  }

  const { openAppointments } = await execute(OpenAppointmentsQueryDocument, { filter, first: 1 });
  const [appointment] = openAppointments.nodes;
  const { reserveAppointment } = await execute(ReserveAppointmentMutationDocument, {
    input: { appointmentId: appointment.id },
  });
  // @ts-expect-error a payload may be null
  reserveAppointment.userErrors;
  const hold = reserveAppointment?.reservation;
  if (!hold) throw new Error(reserveAppointment?.userErrors[0].message);
  const { confirmReservation } = await execute(ConfirmReservationMutationDocument, { input: { reservationId: hold.id } });
  const booking = confirmReservation?.reservation;
  if (!booking) throw new Error(confirmReservation?.userErrors[0].message);
  return {
    startsAt: booking.startsAt,
    provider: appointment.provider.name,
    statuses: [hold.status, booking.status],
  };
}
