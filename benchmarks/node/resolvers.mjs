import { GraphQLScalarType } from "graphql";
import { openAppointments, providers } from "./rows.mjs";

const PAGE_SIZE = 20;

const globalId = (noun, id) => Buffer.from(`${noun}:${id}`).toString("base64");

export const resolvers = {
  DateTime: new GraphQLScalarType({
    name: "DateTime",
    serialize: (value) => `${value.slice(0, 10)}T${value.slice(11, 19)}Z`,
    parseValue: (value) => new Date(value),
    parseLiteral: (node) => new Date(node.value),
  }),
  Query: {
    openAppointments: async (_root, { filter, first = PAGE_SIZE }) => ({
      nodes: await openAppointments({ filter, first }),
    }),
    providers: async (_root, { first = PAGE_SIZE }) => ({ nodes: await providers({ first }) }),
  },
  Appointment: {
    id: ({ id }) => globalId("Appointment", id),
    startsAt: ({ starts_at }) => starts_at,
    provider: ({ provider_id }, _arguments, { providerById }) => providerById.load(provider_id),
  },
  Provider: {
    id: ({ id }) => globalId("Provider", id),
    openAppointments: async (provider, { first = PAGE_SIZE, ...filter }, { openAppointmentsOf }) => ({
      nodes: await openAppointmentsOf.load({ provider, first, ...filter }),
    }),
  },
};
