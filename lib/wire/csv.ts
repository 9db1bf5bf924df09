/** What makes a spreadsheet take a cell for a formula, or for more than one cell (OWASP, CSV injection). */
const FORMULA = /^[=+\-@\t\r\n]/

/**
 * A line of CSV (RFC 4180), with its end. Every cell is quoted, and one that a spreadsheet would run as a formula begins with an
 * apostrophe: what a caller or a person chose to be called stays text.
 */
export function csvLine(cells: readonly string[]): string {
  return `${cells.map(cellText).join(',')}\r\n`
}

export function csvText(rows: readonly (readonly string[])[]): string {
  return rows.map(csvLine).join('')
}

function cellText(text: string): string {
  const safe = FORMULA.test(text) ? `'${text}` : text
  return `"${safe.replaceAll('"', '""')}"`
}
