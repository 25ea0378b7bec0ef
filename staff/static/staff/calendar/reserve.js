// The form that reserves a time for a known or a new client, and confirms the hold at once on request.

import { find, findAll } from "./dom.js";
import { wireClients } from "./clients.js";
import { newKey } from "./requests.js";

export function wireReserve(form, { panel, announce, show }) {
  const search = find("[data-clients]", form);
  const newClient = find("details", form);
  const clients = search && wireClients(search, { announce: (text) => panel.announce(text) });
  for (const option of findAll("select[name=service_id] option", form)) {
    if (form.dataset.service && !option.disabled && option.value === form.dataset.service) option.selected = true;
  }
  newClient?.addEventListener("toggle", () => {
    if (!newClient.open || !search) return;
    clients.reset();
    const typed = find("[role=combobox]", search).value.trim();
    const field = newClient.querySelector(typed.includes("@") ? "[name=email]" : "[name=name]");
    if (!field.value) field.value = typed;
    field.focus();
  });

  async function addClient() {
    const fields = Object.fromEntries(["name", "email", "phone"].map((name) => [name, form.elements[name].value]));
    form.dataset.clientKey ??= newKey();
    const added = await panel.command("clients/add/", { ...fields, key: form.dataset.clientKey }, form);
    if (!added) {
      delete form.dataset.clientKey;
      return false;
    }
    if (clients) clients.choose({ id: added.id, ...fields });
    else form.elements.client_id.value = added.id;
    return true;
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const isConfirmed = event.submitter?.value === "confirm";
    if (newClient?.open && !form.elements.client_id.value && !(await addClient())) return;
    const names = ["appointment_id", "service_id", "client_id", "note"];
    const fields = Object.fromEntries(names.map((name) => [name, form.elements[name].value]));
    const held = await panel.command("reserve/", fields, form);
    if (!held) return;
    form.dataset.key = newKey();
    const booked = isConfirmed && (await panel.command(`reservations/${held.id}/confirm/`, {}, form));
    if (booked) {
      panel.close();
      announce("Reserved and confirmed.");
    } else show(held.id, held.message);
  });
}
