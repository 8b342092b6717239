/** QR codes of one size (version 3, error correction L, mask 0), which is all that a login address needs. */

const size = 29;
const dataCodewords = 55;
const checkCodewords = 15;
const maxBytes = 53;
/** Error correction L with mask 0, with its own check bits. */
const formatBits = 0b111011111000100;

type Grid = { dark: boolean[][]; fixed: boolean[][] };

function multiply(a: number, b: number): number {
  let product = 0;
  for (let at = 7; at >= 0; at--) {
    product = (product << 1) ^ ((product >>> 7) * 0x11d);
    product ^= ((b >>> at) & 1) * a;
  }
  return product;
}

/** Reed-Solomon check bytes over GF(256). */
function checkBytes(data: readonly number[]): number[] {
  const divisor = Array.from({ length: checkCodewords }, (_, at) => Number(at === checkCodewords - 1));
  let root = 1;
  for (let degree = 0; degree < checkCodewords; degree++) {
    for (let at = 0; at < checkCodewords; at++) {
      divisor[at] = multiply(divisor[at] ?? 0, root) ^ (divisor[at + 1] ?? 0);
    }
    root = multiply(root, 2);
  }
  const rest = Array.from({ length: checkCodewords }, () => 0);
  for (const byte of data) {
    const factor = byte ^ (rest.shift() ?? 0);
    rest.push(0);
    for (let at = 0; at < checkCodewords; at++) rest[at] = (rest[at] ?? 0) ^ multiply(divisor[at] ?? 0, factor);
  }
  return rest;
}

function codewords(text: string): number[] {
  const bytes = [...Buffer.from(text)];
  if (bytes.length > maxBytes) throw new RangeError(`too long for this QR code: ${bytes.length} bytes`);
  // Mode "bytes" and the length shift everything by half a byte; the terminator fills the last half.
  const nibbles = [4, bytes.length >>> 4, bytes.length & 15, ...bytes.flatMap((byte) => [byte >>> 4, byte & 15]), 0];
  const data: number[] = [];
  for (let at = 0; at < nibbles.length; at += 2) data.push(((nibbles[at] ?? 0) << 4) | (nibbles[at + 1] ?? 0));
  for (let pad = 0xec; data.length < dataCodewords; pad ^= 0xec ^ 0x11) data.push(pad);
  return [...data, ...checkBytes(data)];
}

function fix({ dark, fixed }: Grid, x: number, y: number, isDark: boolean): void {
  const row = dark[y];
  const marks = fixed[y];
  if (row === undefined || marks === undefined || x < 0 || x >= size) return;
  row[x] = isDark;
  marks[x] = true;
}

function drawPatterns(grid: Grid): void {
  for (let at = 0; at < size; at++) {
    fix(grid, 6, at, at % 2 === 0);
    fix(grid, at, 6, at % 2 === 0);
  }
  for (const [cx, cy] of [
    [3, 3],
    [size - 4, 3],
    [3, size - 4],
  ] as const) {
    for (let dy = -4; dy <= 4; dy++) {
      for (let dx = -4; dx <= 4; dx++) {
        const ring = Math.max(Math.abs(dx), Math.abs(dy));
        fix(grid, cx + dx, cy + dy, ring !== 2 && ring !== 4);
      }
    }
  }
  for (let dy = -2; dy <= 2; dy++) {
    for (let dx = -2; dx <= 2; dx++) fix(grid, 22 + dx, 22 + dy, Math.max(Math.abs(dx), Math.abs(dy)) !== 1);
  }
}

function bit(at: number): boolean {
  return ((formatBits >>> at) & 1) === 1;
}

function drawFormat(grid: Grid): void {
  for (let at = 0; at <= 5; at++) fix(grid, 8, at, bit(at));
  fix(grid, 8, 7, bit(6));
  fix(grid, 8, 8, bit(7));
  fix(grid, 7, 8, bit(8));
  for (let at = 9; at < 15; at++) fix(grid, 14 - at, 8, bit(at));
  for (let at = 0; at < 8; at++) fix(grid, size - 1 - at, 8, bit(at));
  for (let at = 8; at < 15; at++) fix(grid, 8, size - 15 + at, bit(at));
  fix(grid, 8, size - 8, true);
}

function drawData(grid: Grid, bytes: readonly number[]): void {
  let at = 0;
  for (let right = size - 1; right >= 1; right -= 2) {
    if (right === 6) right = 5;
    for (let step = 0; step < size; step++) {
      const y = ((right + 1) & 2) === 0 ? size - 1 - step : step;
      for (const x of [right, right - 1]) {
        if (grid.fixed[y]?.[x] === true) continue;
        const dark = (((bytes[at >>> 3] ?? 0) >>> (7 - (at & 7))) & 1) === 1;
        (grid.dark[y] as boolean[])[x] = dark !== ((x + y) % 2 === 0);
        at += 1;
      }
    }
  }
}

function empty(): boolean[][] {
  return Array.from({ length: size }, () => Array.from({ length: size }, () => false));
}

/** The modules of the code for a text of at most 53 bytes, row by row, dark ones true. */
export function qrModules(text: string): boolean[][] {
  const grid: Grid = { dark: empty(), fixed: empty() };
  drawPatterns(grid);
  drawFormat(grid);
  drawData(grid, codewords(text));
  return grid.dark;
}
