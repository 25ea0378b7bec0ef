import { Failure, send } from "./http.js";
import { bearer, renew, stored } from "./session.js";
import { pause } from "./time.js";

const { graphql, operations, hash: sha256Hash } = document.body.dataset;
const extensions = { persistedQuery: { version: 1, sha256Hash } };
const UNCERTAIN = /NETWORK|TIMEOUT|UNAVAILABLE|INTERNAL/; // the change may have been made
const keys = {}; // until the outcome is known

/** A query's data. Anonymous: by GET, for caches. */
export async function read(operation, variables) {
  try {
    return stored() ? await execute(operation, variables) : dataOf(await run(operation, variables));
  } catch (failure) {
    const { code, seconds } = failure;
    if (code === "RATE_LIMITED" && seconds < 10) await pause(seconds * 1000);
    else if (code !== "UNAUTHENTICATED" || stored()) throw failure;
    return read(operation, variables);
  }
}

/** For the logged-in account. */
export async function execute(operation, variables) {
  const session = stored();
  const post = async () => run(operation, variables, await bearer());
  let result = await post();
  if (result.status === 401) {
    await renew(session);
    result = await post();
  }
  return dataOf(result);
}

/** A retry has the same key: it changes once. */
export async function change(operation, input) {
  const intent = operation + JSON.stringify(input);
  const idempotencyKey = (keys[intent] ??= crypto.getRandomValues(new Uint32Array(4)).join("-"));
  try {
    const { payload } = await execute(operation, { input: { ...input, idempotencyKey } });
    if (payload.userErrors.length) throw new Failure(payload.userErrors[0].code);
    delete keys[intent];
    return payload.reservation;
  } catch (failure) {
    if (!UNCERTAIN.test(failure.code)) delete keys[intent];
    throw failure;
  }
}

export async function readAll(operation, variables, after) {
  const { nodes, pageInfo } = (await read(operation, { ...variables, after })).page;
  return pageInfo.hasNextPage ? [...nodes, ...(await readAll(operation, variables, pageInfo.endCursor))] : nodes;
}

/** A persisted query; the document only if it is lacking. */
async function run(operationName, variables = {}, headers) {
  const body = { operationName, variables, extensions };
  const parameters = { ...body, variables: JSON.stringify(variables), extensions: JSON.stringify(extensions) };
  const result = headers
    ? await send(graphql, { body, headers })
    : await send(`${graphql}?${new URLSearchParams(parameters)}`, { method: "GET" });
  const code = result.json.errors?.[0].extensions.code ?? "";
  if (!code.startsWith("PERSISTED_QUERY")) return result;
  const source = await fetch(operations).catch(() => null);
  if (!source?.ok) throw new Failure("NETWORK");
  if (code.endsWith("SUPPORTED")) delete body.extensions;
  return send(graphql, { body: { ...body, query: await source.text() }, headers });
}

function dataOf({ json: { data, errors } }) {
  if (!errors) return data;
  const { code, retryAfter } = errors[0].extensions;
  throw new Failure(code, retryAfter);
}
