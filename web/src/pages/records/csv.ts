/** A table as a file for spreadsheets. */

const lineEnd = '\r\n';
/** Without it Excel takes UTF-8 for the local code page. */
const byteOrderMark = '\uFEFF';

/** Comma-separated, each cell in quotes (RFC 4180). What a spreadsheet would take for a formula begins with an apostrophe. */
export function toCsv(lines: readonly (readonly string[])[]): string {
  return byteOrderMark + lines.map((cells) => cells.map(toCell).join(',') + lineEnd).join('');
}

function toCell(text: string): string {
  const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return `"${harmless.replaceAll('"', '""')}"`;
}

/** Hands a file to the reader. */
export function save(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser has to have begun with it.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
