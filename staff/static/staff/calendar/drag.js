// Moving a reservation with the mouse or a pen. Fingers scroll: for them, and for the keyboard, there is "Move".

import { element, findAll } from "./dom.js";
import { fill } from "./grid.js";

const FAR_ENOUGH = 6;

export class Drag {
  // shown: answers what the grid shows now. drop: called with the reservation, and where it would go.
  constructor(frame, { shown, drop, say }) {
    Object.assign(this, { frame, shown, drop, say, begun: null });
    frame.addEventListener("pointerdown", (event) => this.begin(event));
    frame.addEventListener("pointermove", (event) => this.move(event));
    frame.addEventListener("pointerup", (event) => this.end(event));
    frame.addEventListener("pointercancel", () => this.stop());
    document.addEventListener("keydown", (event) => event.key === "Escape" && this.stop());
    // The click that follows a drag is none.
    frame.addEventListener(
      "click",
      (event) => this.hasMoved && (event.stopPropagation(), (this.hasMoved = false)),
      true,
    );
  }

  get isUnderWay() {
    return this.begun !== null;
  }

  begin(event) {
    const held = event.target.closest(".cal-block.is-movable");
    this.hasMoved = false;
    if (!held || event.button !== 0 || event.pointerType === "touch") return;
    const cell = held.closest("[data-reservation]");
    const { grid, columns } = this.shown();
    const column = columns.find(({ key }) => key === cell.dataset.column);
    const block = column.blocks.find(({ id }) => id === Number(cell.dataset.reservation));
    const lines = findAll("tbody tr", this.frame);
    const grabbed = rowAt(lines, event.clientY) - (block.first - grid.first);
    this.begun = {
      x: event.clientX,
      y: event.clientY,
      block,
      column,
      grid,
      columns,
      lines,
      grabbed,
      ghost: null,
      target: null,
    };
  }

  move(event) {
    if (!this.begun) return;
    const far = Math.hypot(event.clientX - this.begun.x, event.clientY - this.begun.y) > FAR_ENOUGH;
    if (!this.begun.ghost && !far) return;
    if (!this.begun.ghost) this.lift(event);
    event.preventDefault();
    this.begun.target = this.targetAt(event.clientX, event.clientY);
    this.showTarget();
  }

  lift(event) {
    this.hasMoved = true;
    this.frame.setPointerCapture?.(event.pointerId);
    this.begun.ghost = element("div", { class: "cal-ghost", "aria-hidden": "true" });
    this.frame.append(this.begun.ghost);
    this.frame.classList.add("is-dragging");
  }

  // The quarter hours under the pointer, and what is against them, if anything is.
  targetAt(x, y) {
    const { grid, columns, lines, grabbed, block } = this.begun;
    const heads = findAll("thead th", this.frame);
    const number = heads.findIndex(
      (head) => x >= head.getBoundingClientRect().left && x < head.getBoundingClientRect().right,
    );
    const row = rowAt(lines, y) - grabbed;
    if (number < 0 || row < 0 || row >= lines.length) return null;
    const column = columns[number];
    const cells = fill(column, grid.first, grid.last);
    const wanted = cells.slice(row, row + block.slots.length);
    const isOwn = (cell) => cell.kind === "block" && cell.block.id === block.id;
    const isFree = wanted.length === block.slots.length && wanted.every((cell) => cell.kind === "open" || isOwn(cell));
    const offers = block.service_id === null || column.services.includes(block.service_id);
    const first = wanted[0];
    const place = row + grid.first - block.first;
    const id = isOwn(first) ? block.slots[place] : first?.id;
    return {
      column,
      row,
      id,
      clock: grid.rows[row + grid.first].filter(Boolean).join(" "),
      isSame: isOwn(first) && place === 0,
      against: offers
        ? isFree
          ? ""
          : "This time is not open for so long."
        : `${column.name.split(",")[0]} does not offer ${block.service}.`,
    };
  }

  showTarget() {
    const { ghost, target, lines, block } = this.begun;
    ghost.hidden = !target;
    if (!target) return;
    const box = this.frame.getBoundingClientRect();
    const head = findAll("thead th", this.frame)[this.begun.columns.indexOf(target.column)].getBoundingClientRect();
    const top = lines[target.row].getBoundingClientRect().top;
    const height = lines[target.row].getBoundingClientRect().height * block.slots.length;
    const move = { left: head.left - box.left + this.frame.scrollLeft, top: top - box.top + this.frame.scrollTop };
    for (const [property, value] of Object.entries({ ...move, width: head.width, height }))
      ghost.style.setProperty(property, `${value}px`);
    ghost.classList.toggle("is-refused", Boolean(target.against));
    ghost.textContent = target.against || `${target.clock} ${block.client}`;
  }

  end() {
    if (!this.begun) return;
    const { block, column, target, ghost } = this.begun;
    this.stop();
    if (!ghost || !target || target.isSame) return;
    if (target.against) this.say(target.against);
    else this.drop(block, column, target);
  }

  stop() {
    this.begun?.ghost?.remove();
    this.frame.classList.remove("is-dragging");
    this.begun = null;
  }
}

function rowAt(lines, y) {
  return lines.findIndex((line) => y >= line.getBoundingClientRect().top && y < line.getBoundingClientRect().bottom);
}
