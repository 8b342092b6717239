import { GatewayError } from '../../resolvers/errors.ts';

/** Fields as the use cases call them, and as this API does. */
const names: Readonly<Record<string, string>> = {
  accountIds: 'account_ids',
  'content.text': 'message',
  'content.image.path': 'file_path',
  'content.file.path': 'file_path',
  'content.video.path': 'file_path',
  defaultReceiver: 'default_receiver',
  idempotencyKey: 'Idempotency-Key',
  waitMs: 'wait_ms',
};

/** The failure in the words of this API: the field at fault by the name under which the client gave it. */
export function inPanelWords(error: unknown): unknown {
  if (!(error instanceof GatewayError) || error.details.field === undefined) return error;
  const { field } = error.details;
  const name = names[field] ?? field;
  const words = error.message.replaceAll(field, name);
  const named = name === 'body' || words.startsWith(name) ? words : `${name}: ${words}`;
  return new GatewayError(error.code, named, { ...error.details, field: name, cause: error });
}
