import { JsonError, parseJson } from '../../lossless-json.ts';
import { fields, known } from './fields.ts';

/**
 * Whom a post to the hook's documented address is for: the account's own wxid, and the port of its hook. Null where the body
 * does not tell it.
 */
export function addresseeOf(body: Uint8Array): { wxid: string | null; port: string | null } | null {
  try {
    const told = fields(parseJson(new TextDecoder().decode(body)));
    return told && { wxid: known(told, 'selfwxid'), port: known(told, 'ServerPort') };
  } catch (error) {
    if (error instanceof JsonError) return null;
    throw error;
  }
}
