/** What the sealed columns of an account are bound to, so that one account's secret cannot be put in another's place. */

import type { App } from '../app.ts';

export const callbackContext = (callbackHash: string): string => `callback:${callbackHash}`;
export const connectionContext = (callbackHash: string): string => `connection:${callbackHash}`;

/** An upstream's secrets as they are stored; null where it has none. */
export function sealSecrets(app: App, secrets: Readonly<Record<string, string>>, callbackHash: string): string | null {
  if (Object.keys(secrets).length === 0) return null;
  return app.seal.seal(JSON.stringify(secrets), connectionContext(callbackHash));
}
