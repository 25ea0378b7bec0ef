"use strict";

const WELCOME = `# Which appointment is open next?
# Run this with Ctrl+Enter, or choose an example above.
{
  nextOpenAppointment {
    id
    startsAt
    provider {
      name
    }
  }
}
`;

const element = (id) => document.getElementById(id);
const main = element("graphiql");
const exampleList = element("example-list");
const form = element("log-in-form");

// GraphiQL's menus and dialogs add a style element: react-style-singleton looks here for the nonce that allows it.
window.__webpack_nonce__ = main.dataset.styleNonce;

// --- Log-in ---

const session = new Session(
  {
    logIn: form.dataset.logIn,
    secondFactor: form.dataset.secondFactor,
    refresh: form.dataset.refresh,
    session: form.dataset.session,
  },
  showSession,
);

function showSession(stored) {
  if (stored) announce("");
  const hadFocus = [element("log-in"), element("log-out")].includes(document.activeElement);
  element("who").textContent = stored?.email ?? "";
  element("who").hidden = element("log-out").hidden = !stored;
  element("log-in").hidden = Boolean(stored);
  if (hadFocus) element(stored ? "log-out" : "log-in").focus();
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const [button, refusal] = [form.querySelector("[type=submit]"), element("refusal")];
  button.disabled = true;
  refusal.textContent = "";
  refusal.textContent = await session.logIn(form.email.value, form.password.value, form.code.value);
  button.disabled = false;
  const secondFactor = element("second-factor");
  if (refusal.textContent === CODE_REQUIRED) secondFactor.hidden = false;
  if (refusal.textContent) return (secondFactor.hidden ? form.password : form.code).select();
  secondFactor.hidden = true;
  if (!schema) show({}); // introspection may need a log-in
  form.reset();
  form.hidePopover();
  element("log-out").focus();
});
for (const button of form.querySelectorAll("[data-fill]")) {
  button.addEventListener("click", () => {
    form.email.value = button.dataset.fill;
    form.password.value = "demo-password";
    form.querySelector("[type=submit]").focus();
  });
}
element("log-out").addEventListener("click", () => session.logOut());

// --- GraphiQL ---

const root = ReactDOM.createRoot(main);
let schema; // known after the first introspection
let shown = 0;

async function fetcher(body, { headers } = {}) {
  const wasLoggedIn = session.stored;
  const response = await session.post(location.pathname, body, { headers });
  if (wasLoggedIn && !session.stored) announce("Your session is over. Log in again.");
  return response.json();
}

/** Opens a tab with this operation, or the tab that has it already. */
function show({ query, variables = "", operationName }) {
  const open = query === undefined ? {} : { query, variables, operationName };
  const known = schema ? { schema } : {};
  root.render(
    React.createElement(GraphiQL, {
      ...open,
      ...known,
      key: ++shown, // GraphiQL reads what to open only when it is mounted
      fetcher,
      defaultQuery: WELCOME,
      defaultEditorToolsVisibility: variables ? "variables" : undefined,
      shouldPersistHeaders: false,
      onSchemaChange(known) {
        schema = known;
        element("examples")?.removeAttribute("disabled");
      },
    }),
  );
}

function announce(sentence) {
  element("notice").textContent = sentence;
}

// --- Examples ---

exampleList.addEventListener("click", async (event) => {
  const text = event.target.closest("button")?.value;
  if (!text) return;
  exampleList.hidePopover();
  const ids = text.includes("$") ? await findIds(fetchData) : {};
  const variables = exampleVariables(text, schema, ids);
  show({ query: text, variables: Object.keys(variables).length ? JSON.stringify(variables, null, 2) : "" });
});

/** Returns a query's data, or null. */
function fetchData(query) {
  return fetcher({ query }).then(({ data }) => data, () => null);
}

// --- Start ---

showSession(session.stored);
show(Object.fromEntries(new URLSearchParams(location.search)));
