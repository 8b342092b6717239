/**
 * A multipart form that is whole in memory. Fields may be bytes, as `media_data` is, which parsers of forms take for text.
 */
import { badInput } from '../../resolvers/errors.ts';

/** A field, or a file where it has a name. */
export type Part = { name: string; value: Uint8Array; fileName: string | null };

const most = 100;

/** The named parts in their order. BAD_INPUT for a body without a boundary, without its end, or of more than 100 parts. */
export function readMultipart(contentType: string, body: Buffer): Part[] {
  const [, quoted, bare] = /[; ]boundary=(?:"([^"]{1,70})"|([^";\s]{1,70}))/i.exec(contentType) ?? [];
  const boundary = quoted ?? bare;
  if (boundary === undefined) throw badInput('body', 'The form has no boundary.');
  const border = Buffer.from(`\r\n--${boundary}`);
  // The first border may begin the body.
  const whole = Buffer.concat([Buffer.from('\r\n'), body]);
  const parts: Part[] = [];
  let from = whole.indexOf(border);
  for (let count = 0; from >= 0 && count <= most; count += 1) {
    const start = from + border.length;
    if (whole.toString('latin1', start, start + 2) === '--') return parts;
    const end = whole.indexOf(border, start);
    if (end >= 0) parts.push(...readPart(whole.subarray(start, end)));
    from = end;
  }
  throw badInput('body', 'The form broke off, or has too many parts.');
}

/** One part between its borders: the rest of the border's line, the head, the value. */
function readPart(part: Buffer): Part[] {
  const headEnd = part.indexOf('\r\n\r\n');
  if (headEnd < 0) return [];
  const head = part.toString('utf8', 0, headEnd);
  const name = /^content-disposition:[^\r\n]*[; ]name="([^"\r\n]*)"/im.exec(head)?.[1];
  if (name === undefined) return [];
  const fileName = /^content-disposition:[^\r\n]*[; ]filename="([^"\r\n]*)"/im.exec(head)?.[1] ?? null;
  return [{ name, value: part.subarray(headEnd + 4), fileName }];
}
