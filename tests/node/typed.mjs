// Runs the compiled typed.ts.
import { input, logIn, output } from "./harness.mjs";

const { reserveFirst } = await import(input.module);
output(await reserveFirst(`${input.server}/graphql/`, await logIn(input), input.filter));
