type Cell = string | number | boolean;

/** Characters with which a spreadsheet begins a formula: ids and texts come from users. */
const FORMULA = /^[=+\-@\t\r]/;

/** Returns rows as CSV, RFC 4180, with a header. */
export const csvOf = (columns: readonly string[], rows: ReadonlyArray<readonly Cell[]>): string =>
  [columns, ...rows].map((row) => `${row.map(cellText).join(',')}\r\n`).join('');

function cellText(cell: Cell): string {
  if (typeof cell !== 'string') return String(cell);
  const text = FORMULA.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Saves a text as a file. */
export function download(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
