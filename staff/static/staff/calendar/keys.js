// The keyboard's way through a grid: one cell is in the tab order, arrow keys go from cell to cell.

import { findAll } from "./dom.js";

export class Keys {
  // places: rows of cells; a cell that spans rows stands in each of them.
  constructor(grid) {
    this.grid = grid;
    this.places = [];
    this.position = [0, 0];
    this.current = null;
    grid.addEventListener("keydown", (event) => this.press(event));
    grid.addEventListener("focusin", (event) => {
      const cell = event.target.closest("[data-key]");
      if (cell) this.mark(cell);
    });
  }

  // New cells: the former one, or what covers its place, stays the current one.
  replace(places) {
    const [row, column] = this.position;
    const key = this.current?.dataset.key;
    this.places = places;
    const cells = findAll("[data-key]", this.grid);
    const same = cells.find((cell) => cell.dataset.key === key);
    const near = places[Math.min(row, places.length - 1)]?.[Math.min(column, (places[0]?.length ?? 1) - 1)];
    this.current = null;
    this.mark(same ?? near ?? cells[0] ?? null);
  }

  mark(cell) {
    if (!cell) return;
    if (this.current) this.current.tabIndex = -1;
    cell.tabIndex = 0;
    this.current = cell;
    const [row, column] = this.position;
    if (this.places[row]?.[column] !== cell) this.position = this.positionOf(cell);
  }

  positionOf(cell) {
    for (const [row, cells] of this.places.entries()) {
      const column = cells.indexOf(cell);
      if (column >= 0) return [row, column];
    }
    return [0, 0];
  }

  focus() {
    this.current?.focus({ preventScroll: true });
  }

  press(event) {
    if (event.altKey || event.metaKey || !this.current || !event.target.closest("[data-key]")) return;
    const [row, column] = this.position;
    const last = this.places.length - 1;
    const width = this.places[0].length - 1;
    const to = {
      ArrowUp: () => this.beside(row, column, -1),
      ArrowDown: () => this.beside(row, column, 1),
      ArrowLeft: () => [row, column - 1],
      ArrowRight: () => [row, column + 1],
      Home: () => (event.ctrlKey ? [0, 0] : [row, 0]),
      End: () => (event.ctrlKey ? [last, width] : [row, width]),
      PageUp: () => [Math.max(row - 4, 0), column],
      PageDown: () => [Math.min(row + 4, last), column],
    }[event.key];
    if (!to) return;
    event.preventDefault();
    const [toRow, toColumn] = to();
    const cell = this.places[toRow]?.[toColumn];
    if (!cell) return;
    this.position = [toRow, toColumn];
    this.mark(cell);
    cell.focus();
  }

  // Up and down step over the rows that the same cell covers.
  beside(row, column, step) {
    const here = this.places[row][column];
    let to = row + step;
    while (this.places[to]?.[column] === here) to += step;
    return [to, column];
  }
}
