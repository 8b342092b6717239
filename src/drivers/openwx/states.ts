import type { ClientState, QrCode } from '../../words.ts';

/** Mojo-Weixin's states in its own spelling; SCANNING lacks an n there. */
const states: ReadonlyMap<string, ClientState> = new Map([
  ['init', 'INIT'],
  ['loading', 'LOADING'],
  ['scaning', 'SCANNING'],
  ['scanning', 'SCANNING'],
  ['confirming', 'CONFIRMING'],
  ['updating', 'UPDATING'],
  ['running', 'RUNNING'],
  ['stop', 'STOPPED'],
]);

/** The state of Mojo-Weixin's word; null for a word that it does not use. */
export function stateOf(word: string | null): ClientState | null {
  return states.get(word ?? '') ?? null;
}

/** A login code from its picture in base64, where it is one. WeChat gives JPEG; neither its text nor its end is told. */
export function qrCodeOf(base64: string | null): QrCode | null {
  const data = base64?.replaceAll(/\s/g, '') ?? '';
  const mime = data.startsWith('/9j/') ? 'image/jpeg' : data.startsWith('iVBORw0KGgo') ? 'image/png' : null;
  if (mime === null || !/^[A-Za-z0-9+/]+={0,2}$/.test(data)) return null;
  return { url: null, image: `data:${mime};base64,${data}`, expiresAt: null };
}
