import type { Message } from '../../db/model.ts';
import { parseJson } from '../../lossless-json.ts';
import type { Caller } from '../access/caller.ts';
import type { Loaders } from '../load.ts';

/** The upstream's whole body, 64-bit integers as text; as plain text where it is not JSON. ADMIN only, else null. */
export async function readRaw(loaders: Loaders, caller: Caller, message: Message): Promise<unknown> {
  if (caller.scope !== 'ADMIN') return null;
  const raw = await loaders.raw.load(message.seq);
  if (raw === null) return null;
  try {
    return parseJson(raw);
  } catch {
    return raw;
  }
}
