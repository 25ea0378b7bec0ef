import { Failure, send } from "./http.js";
import { bearer, renew, stored } from "./session.js";
import { pause } from "./time.js";

const { graphql, operations, hash: sha256Hash } = document.body.dataset;
const extensions = { persistedQuery: { version: 1, sha256Hash } };
const OPEN = /NETWORK|TIMEOUT|UNAVAILABLE|INTERNAL/; // after these it may have happened
const keys = {}; // of changes without an answer yet

/** What a query answers: to anybody by GET, which proxies may keep; a log-in has a better rate. */
export async function read(operation, variables) {
  try {
    return stored() ? await ask(operation, variables) : dataOf(await run(operation, variables));
  } catch (failure) {
    const { code, seconds } = failure;
    if (code === "RATE_LIMITED" && seconds < 10) await pause(seconds * 1000);
    else if (code !== "UNAUTHENTICATED" || stored()) throw failure;
    return read(operation, variables);
  }
}

/** The answer to who is logged in. */
export async function ask(operation, variables) {
  const session = stored();
  const post = async () => run(operation, variables, await bearer());
  let answer = await post();
  if (answer.status === 401) {
    await renew(session);
    answer = await post();
  }
  return dataOf(answer);
}

/** The changed reservation. Asking again until there is an answer changes it once. */
export async function change(operation, input) {
  const intent = operation + JSON.stringify(input);
  const idempotencyKey = (keys[intent] ??= crypto.getRandomValues(new Uint32Array(4)).join("-"));
  try {
    const { payload } = await ask(operation, { input: { ...input, idempotencyKey } });
    if (payload.userErrors.length) throw new Failure(payload.userErrors[0].code);
    delete keys[intent];
    return payload.reservation;
  } catch (failure) {
    if (!OPEN.test(failure.code)) delete keys[intent];
    throw failure;
  }
}

export async function readAll(operation, variables) {
  const nodes = [];
  let page = { pageInfo: {} };
  do {
    ({ page } = await read(operation, { ...variables, after: page.pageInfo.endCursor }));
    nodes.push(...page.nodes);
  } while (page.pageInfo.hasNextPage);
  return nodes;
}

/** The document goes by its hash; whole only where the server does not know it. */
async function run(operationName, variables = {}, headers) {
  const body = { operationName, variables, extensions };
  const parameters = { ...body, variables: JSON.stringify(variables), extensions: JSON.stringify(extensions) };
  const answer = headers
    ? await send(graphql, { body, headers })
    : await send(`${graphql}?${new URLSearchParams(parameters)}`, { method: "GET" });
  const code = answer.json.errors?.[0].extensions.code ?? "";
  if (!code.startsWith("PERSISTED_QUERY")) return answer;
  const answered = await fetch(operations).catch(() => null);
  if (!answered?.ok) throw new Failure("NETWORK");
  if (code.endsWith("SUPPORTED")) delete body.extensions;
  return send(graphql, { body: { ...body, query: await answered.text() }, headers });
}

function dataOf({ json: { data, errors } }) {
  if (!errors) return data;
  const { code, retryAfter } = errors[0].extensions;
  throw new Failure(code, retryAfter);
}
