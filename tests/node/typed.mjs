// Runs what tsc made of typed.ts.
import { input, logIn, tell } from "./harness.mjs";

const { reserveFirst } = await import(input.module);
tell(await reserveFirst(`${input.server}/graphql/`, await logIn(input), input.filter));
