/** Tables for spreadsheets. */

/** What a spreadsheet would take for a formula. */
const formula = /^[=+\-@\t\r]/;

/** As RFC 4180, with a mark by which Excel knows UTF-8. A cell that begins like a formula gets an apostrophe and stays text. */
export function toCsv(rows: readonly (readonly (string | number | null | undefined)[])[]): string {
  const cell = (value: string | number | null | undefined): string => {
    const text = String(value ?? '');
    const plain = typeof value === 'string' && formula.test(text) ? `'${text}` : text;
    return `"${plain.replaceAll('"', '""')}"`;
  };
  return `\ufeff${rows.map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`;
}

/** Gives a file to the reader. */
export function saveFile(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
