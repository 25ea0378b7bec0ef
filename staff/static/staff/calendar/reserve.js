// The form that reserves a time for a client, found or new, and confirms it at once where that is wanted.

import { find, findAll } from "./dom.js";
import { dressClients } from "./clients.js";
import { newKey } from "./requests.js";

export function dressReserve(form, { panel, say, show }) {
  const search = find("[data-clients]", form);
  const fresh = find("details", form);
  const clients = search && dressClients(search, { say: (text) => panel.tell(text) });
  for (const option of findAll("select[name=service_id] option", form)) {
    if (form.dataset.service && !option.disabled && option.value === form.dataset.service) option.selected = true;
  }
  fresh?.addEventListener("toggle", () => {
    if (!fresh.open || !search) return;
    clients.forget();
    const typed = find("[role=combobox]", search).value.trim();
    const field = fresh.querySelector(typed.includes("@") ? "[name=email]" : "[name=name]");
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
    if (fresh?.open && !form.elements.client_id.value && !(await addClient())) return;
    const names = ["appointment_id", "service_id", "client_id", "note"];
    const fields = Object.fromEntries(names.map((name) => [name, form.elements[name].value]));
    const held = await panel.command("reserve/", fields, form);
    if (!held) return;
    form.dataset.key = newKey();
    const booked = isConfirmed && (await panel.command(`reservations/${held.id}/confirm/`, {}, form));
    if (booked) {
      panel.close();
      say("Reserved and confirmed.");
    } else show(held.id, held.message);
  });
}
