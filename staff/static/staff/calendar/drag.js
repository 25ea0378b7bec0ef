// Moving a reservation with the mouse or a pen. Touch scrolls: touch and keyboard use the panel's "Move" instead.

import { element, findAll, isolated } from "./dom.js";
import { fill } from "./grid.js";

const MIN_DISTANCE_PIXELS = 6;

export class Drag {
  // shown: returns the grid and its columns. drop: called with the block, its column and the target.
  constructor(frame, { shown, drop, announce }) {
    Object.assign(this, { frame, shown, drop, announce, drag: null });
    frame.addEventListener("pointerdown", (event) => this.begin(event));
    frame.addEventListener("pointermove", (event) => this.move(event));
    frame.addEventListener("pointerup", (event) => this.end(event));
    frame.addEventListener("pointercancel", () => this.stop());
    document.addEventListener("keydown", (event) => event.key === "Escape" && this.stop());
    // Ignore the click event that follows a drag.
    frame.addEventListener(
      "click",
      (event) => this.hasMoved && (event.stopPropagation(), (this.hasMoved = false)),
      true,
    );
  }

  get isUnderWay() {
    return this.drag !== null;
  }

  begin(event) {
    const handle = event.target.closest(".cal-block.is-movable");
    this.hasMoved = false;
    if (!handle || event.button !== 0 || event.pointerType === "touch") return;
    const cell = handle.closest("[data-reservation]");
    const { grid, columns } = this.shown();
    const column = columns.find(({ key }) => key === cell.dataset.column);
    const block = column.blocks.find(({ id }) => id === Number(cell.dataset.reservation));
    const lines = findAll("tbody tr", this.frame);
    const grabbed = rowAt(lines, event.clientY) - (block.first - grid.first);
    this.drag = {
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
    if (!this.drag) return;
    const far = Math.hypot(event.clientX - this.drag.x, event.clientY - this.drag.y) > MIN_DISTANCE_PIXELS;
    if (!this.drag.ghost && !far) return;
    if (!this.drag.ghost) this.lift(event);
    event.preventDefault();
    this.drag.target = this.targetAt(event.clientX, event.clientY);
    this.showTarget();
  }

  lift(event) {
    this.hasMoved = true;
    this.frame.setPointerCapture?.(event.pointerId);
    this.drag.ghost = element("div", { class: "cal-ghost", "aria-hidden": "true" });
    this.frame.append(this.drag.ghost);
    this.frame.classList.add("is-dragging");
  }

  // The slots under the pointer, and the obstacle to a move there, if there is one.
  targetAt(x, y) {
    const { grid, columns, lines, grabbed, block } = this.drag;
    const heads = findAll("thead th", this.frame);
    const number = heads.findIndex(
      (head) => x >= head.getBoundingClientRect().left && x < head.getBoundingClientRect().right,
    );
    const row = rowAt(lines, y) - grabbed;
    if (number < 0 || row < 0 || row >= lines.length) return null;
    const column = columns[number];
    const cells = fill(column, grid.first, grid.last);
    const covered = cells.slice(row, row + block.slots.length);
    const isOwn = (cell) => cell.kind === "block" && cell.block.id === block.id;
    const isFree = covered.length === block.slots.length && covered.every((cell) => cell.kind === "open" || isOwn(cell));
    const offers = block.service_id === null || column.services.includes(block.service_id);
    const first = covered[0];
    const slot = row + grid.first - block.first;
    const id = isOwn(first) ? block.slots[slot] : first?.id;
    return {
      column,
      row,
      id,
      clock: grid.rows[row + grid.first].filter(Boolean).join(" "),
      isSame: isOwn(first) && slot === 0,
      obstacle: offers
        ? isFree
          ? ""
          : "This time is not open for so long."
        : `${column.name.split(",")[0]} does not offer ${block.service}.`,
    };
  }

  showTarget() {
    const { ghost, target, lines, block } = this.drag;
    ghost.hidden = !target;
    if (!target) return;
    const box = this.frame.getBoundingClientRect();
    const head = findAll("thead th", this.frame)[this.drag.columns.indexOf(target.column)].getBoundingClientRect();
    const top = lines[target.row].getBoundingClientRect().top;
    const height = lines[target.row].getBoundingClientRect().height * block.slots.length;
    const move = { left: head.left - box.left + this.frame.scrollLeft, top: top - box.top + this.frame.scrollTop };
    for (const [property, value] of Object.entries({ ...move, width: head.width, height }))
      ghost.style.setProperty(property, `${value}px`);
    ghost.classList.toggle("is-refused", Boolean(target.obstacle));
    ghost.replaceChildren(...(target.obstacle ? [target.obstacle] : [`${target.clock} `, isolated(block.client)]));
  }

  end() {
    if (!this.drag) return;
    const { block, column, target, ghost } = this.drag;
    this.stop();
    if (!ghost || !target || target.isSame) return;
    if (target.obstacle) this.announce(target.obstacle);
    else this.drop(block, column, target);
  }

  stop() {
    this.drag?.ghost?.remove();
    this.frame.classList.remove("is-dragging");
    this.drag = null;
  }
}

function rowAt(lines, y) {
  return lines.findIndex((line) => y >= line.getBoundingClientRect().top && y < line.getBoundingClientRect().bottom);
}
