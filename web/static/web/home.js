const element = (id) => document.getElementById(id);
const texts = JSON.parse(element("texts").textContent);
const { graphql, health } = document.body.dataset;

/** Shows the service's status, as /health/ reports it. */
async function showHealth() {
  const { status } = await fetch(health).then((response) => response.json()).catch(() => ({}));
  element("health").dataset.status = status ?? "away";
  element("health").querySelector("a").textContent = texts[status] ?? texts.away;
}

/** Runs the example query, and shows the response and how long it took. */
async function run() {
  const started = performance.now();
  const response = await fetch(graphql, {
    method: "POST",
    credentials: "omit",
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: JSON.stringify({ query: element("document").textContent }),
  }).then((got) => got.json()).catch(() => null);
  const milliseconds = Math.max(1, Math.round(performance.now() - started));
  element("took").textContent = response ? texts.took.replace("{milliseconds}", milliseconds) : texts.away;
  element("answer").textContent = response ? JSON.stringify(response, null, 2) : "";
  element("ran").hidden = false;
}

element("again").addEventListener("click", run);
showHealth();
run();
