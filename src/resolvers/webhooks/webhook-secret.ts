/** Signatures of Standard Webhooks: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md */
import { createHmac } from 'node:crypto';
import type { Webhook, WebhookSecret } from '../../db/model.ts';
import type { Millis } from '../../words.ts';
import type { App } from '../app.ts';

/** How long the secret before stays one: receivers learn of the new one by and by. */
const keptMs = 24 * 3600_000;
/** More are not kept, however often it is rotated within a day. */
const mostSecrets = 10;
const prefix = 'whsec_';

type Sealed = Pick<Webhook, 'secretName' | 'secrets'>;

/** A new secret: as it is shown, once, and with those before as it is kept. */
export function newSecret(
  app: App,
  { secretName, secrets }: Sealed,
): { secret: string; secrets: readonly WebhookSecret[] } {
  const now = app.clock.now();
  const secret = prefix + Buffer.from(app.randomHex(32), 'hex').toString('base64');
  const before = validAt(secrets, now).map((one) => ({ ...one, until: one.until ?? now + keptMs }));
  const sealed = app.seal.seal(secret, contextOf(secretName));
  return { secret, secrets: [{ sealed, until: null }, ...before].slice(0, mostSecrets) };
}

/** The headers of a body that is posted now: signed with each secret that holds. */
export function signatureHeaders(
  app: App,
  webhook: Sealed,
  { messageId, body }: { messageId: string; body: string },
): Record<string, string> {
  const now = app.clock.now();
  const timestamp = String(Math.floor(now / 1000));
  const signatures = validAt(webhook.secrets, now).map(({ sealed }) => {
    const secret = app.seal.unseal(sealed, contextOf(webhook.secretName));
    return `v1,${sign(secret, `${messageId}.${timestamp}.${body}`)}`;
  });
  return {
    'webhook-id': messageId,
    'webhook-timestamp': timestamp,
    'webhook-signature': signatures.join(' '),
  };
}

function sign(secret: string, content: string): string {
  const key = Buffer.from(secret.slice(prefix.length), 'base64');
  return createHmac('sha256', key).update(content).digest('base64');
}

function validAt(secrets: readonly WebhookSecret[], now: Millis): WebhookSecret[] {
  return secrets.filter(({ until }) => until === null || until > now);
}

const contextOf = (secretName: string): string => `webhook:${secretName}`;
