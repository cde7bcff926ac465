/** The matrix in the order of one strategy's figures: best first, then worst first, then as it was. */

const ORDERS = ['ascending', 'descending', 'none'];

export function sortMatrix(/** @type {Element} */ button) {
  const head = button.closest('th');
  const table = button.closest('table');
  if (head === null || table === null) return;
  const now = ORDERS.indexOf(head.getAttribute('aria-sort') ?? 'none');
  const order = ORDERS[(now + 1) % ORDERS.length] ?? 'none';
  for (const other of table.querySelectorAll('th[aria-sort]')) other.removeAttribute('aria-sort');
  if (order !== 'none') head.setAttribute('aria-sort', order);
  const column = head.cellIndex;
  for (const body of table.tBodies) {
    const rows = [...body.rows];
    for (const [i, row] of rows.entries()) row.dataset.place ??= String(i);
    const sorted = rows.toSorted((x, y) => {
      if (order === 'none') return Number(x.dataset.place) - Number(y.dataset.place);
      const difference = figureOf(x, column) - figureOf(y, column);
      return order === 'ascending' ? difference : -difference;
    });
    body.append(...sorted);
  }
}

/** Rows without a figure come last in ascending order. */
function figureOf(/** @type {HTMLTableRowElement} */ row, /** @type {number} */ column) {
  return Number(row.cells[column]?.dataset.value ?? Number.MAX_VALUE);
}
