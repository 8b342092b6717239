/** Writes small pictures: a PNG of one bit a pixel, or of one colour with a mark in it. */
import { crc32, deflateSync } from 'node:zlib';

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}

/** A palette picture, a byte a pixel. */
function palettePng(width: number, rows: readonly Uint8Array[], palette: readonly (readonly number[])[]): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(rows.length, 4);
  header.set([8, 3, 0, 0, 0], 8);
  const raw = Buffer.concat(rows.map((row) => Buffer.concat([Buffer.of(0), row])));
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('PLTE', Buffer.from(palette.flat())),
    chunk('IDAT', deflateSync(raw)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** A square of modules, dark ones black, each `scale` pixels wide. */
export function modulesPng(modules: readonly (readonly boolean[])[], scale: number, quiet: number): Buffer {
  const size = modules.length + 2 * quiet;
  const rows: Uint8Array[] = [];
  for (let y = 0; y < size; y++) {
    const row = new Uint8Array(size * scale);
    for (let x = 0; x < size; x++) {
      if (modules[y - quiet]?.[x - quiet] === true) row.fill(1, x * scale, (x + 1) * scale);
    }
    for (let copy = 0; copy < scale; copy++) rows.push(row);
  }
  return palettePng(size * scale, rows, [
    [255, 255, 255],
    [0, 0, 0],
  ]);
}

/** A picture for somebody: a pattern and a colour that follow from the id. */
export function avatarPng(id: string): Buffer {
  const hash = crc32(id);
  const rows = Array.from({ length: 8 }, (_, y) => {
    const row = new Uint8Array(8 * 8);
    for (let x = 0; x < 8; x++) {
      const mirrored = x < 4 ? x : 7 - x;
      if (((hash >>> ((y * 4 + mirrored) % 32)) & 1) === 1) row.fill(1, x * 8, (x + 1) * 8);
    }
    return row;
  });
  const colour = [64 + (hash & 127), 64 + ((hash >>> 8) & 127), 64 + ((hash >>> 16) & 127)];
  return palettePng(
    64,
    rows.flatMap((row) => Array.from({ length: 8 }, () => row)),
    [[240, 240, 240], colour],
  );
}

/** The smallest JPEG, as a picture that is no PNG. */
export const tinyJpeg: Buffer = Buffer.from(
  '/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP//////////////////////////////////////////////////////////////////////////////////////' +
    'wgALCAABAAEBAREA/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAAgBAQABPxA=',
  'base64',
);
