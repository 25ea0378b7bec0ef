// Keyboard navigation of a grid: one cell is in the tab order, arrow keys move between cells.

import { findAll } from "./dom.js";

export class Keys {
  // rowsInHour: the step of the page keys.
  constructor(grid, rowsInHour) {
    Object.assign(this, { grid, rowsInHour });
    this.cellRows = []; // rows of cells; a cell that spans rows is in each of them
    this.position = [0, 0];
    this.current = null;
    grid.addEventListener("keydown", (event) => this.press(event));
    grid.addEventListener("focusin", (event) => {
      const cell = event.target.closest("[data-key]");
      if (cell) this.mark(cell);
    });
  }

  // Sets new cells. The current cell stays the same one, or becomes the one at its position.
  replace(cellRows) {
    const [row, column] = this.position;
    const key = this.current?.dataset.key;
    this.cellRows = cellRows;
    const cells = findAll("[data-key]", this.grid);
    const same = cells.find((cell) => cell.dataset.key === key);
    const near = cellRows[Math.min(row, cellRows.length - 1)]?.[Math.min(column, (cellRows[0]?.length ?? 1) - 1)];
    this.current = null;
    this.mark(same ?? near ?? cells[0] ?? null);
  }

  mark(cell) {
    if (!cell) return;
    if (this.current) this.current.tabIndex = -1;
    cell.tabIndex = 0;
    this.current = cell;
    const [row, column] = this.position;
    if (this.cellRows[row]?.[column] !== cell) this.position = this.positionOf(cell);
  }

  positionOf(cell) {
    for (const [row, cells] of this.cellRows.entries()) {
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
    const last = this.cellRows.length - 1;
    const width = this.cellRows[0].length - 1;
    const to = {
      ArrowUp: () => this.beside(row, column, -1),
      ArrowDown: () => this.beside(row, column, 1),
      ArrowLeft: () => [row, column - 1],
      ArrowRight: () => [row, column + 1],
      Home: () => (event.ctrlKey ? [0, 0] : [row, 0]),
      End: () => (event.ctrlKey ? [last, width] : [row, width]),
      PageUp: () => [Math.max(row - this.rowsInHour, 0), column],
      PageDown: () => [Math.min(row + this.rowsInHour, last), column],
    }[event.key];
    if (!to) return;
    event.preventDefault();
    const [toRow, toColumn] = to();
    const cell = this.cellRows[toRow]?.[toColumn];
    if (!cell) return;
    this.position = [toRow, toColumn];
    this.mark(cell);
    cell.focus();
  }

  // The next row up or down that another cell covers.
  beside(row, column, step) {
    const here = this.cellRows[row][column];
    let to = row + step;
    while (this.cellRows[to]?.[column] === here) to += step;
    return [to, column];
  }
}
