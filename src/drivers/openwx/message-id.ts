import { decimalId } from '../../lossless-json.ts';
import { known, knownId } from './fields.ts';

/**
 * WeChat's id of a message. What was sent through the API carries `<MsgID>:<receiver>`, everything else the bare
 * number (observed on Mojo-Weixin 1.4.6). Null where there is none.
 */
export function messageIdOf(value: unknown): string | null {
  const [, id] = /^(\d+):/.exec(known(value) ?? '') ?? [];
  return id === undefined ? knownId(decimalId(value)) : knownId(id);
}
