/** Addresses of media: they need no header, hold for one object, and end after ten minutes. */
import type { Millis } from '../../words.ts';
import type { App } from '../app.ts';

const livesMs = 600_000;
const context = 'media address';

/** The address of media or of a picture, by the id that is shown of its object. The same for all who ask within a minute. */
export function mediaUrlOf(app: App, id: string): string {
  const expires = Math.floor((app.clock.now() + livesMs) / 60_000) * 60;
  const signature = app.seal.sign(signed(id, String(expires)), context);
  return `${app.publicUrl()}/media/${id}?expires=${expires}&signature=${signature}`;
}

/** Until when an address holds; null where this gateway did not give it, or it has ended. */
export function readMediaAddress(app: App, { id, expires, signature }: MediaAddress): Millis | null {
  if (!app.seal.isSigned(signed(id, expires), context, signature)) return null;
  const until = Number(expires) * 1000;
  return until > app.clock.now() ? until : null;
}

export type MediaAddress = { id: string; expires: string; signature: string };

function signed(id: string, expires: string): string {
  return `${id} ${expires}`;
}
