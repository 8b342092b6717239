/** Addresses that events are posted to. */
import { AddressNotAllowed, lookedUpUrl } from '../../web-address.ts';
import type { App } from '../app.ts';
import { GatewayError, badInput } from '../errors.ts';

const maxLength = 2_048;

/**
 * An http(s) address as it is kept. BAD_INPUT for what is none; URL_NOT_ALLOWED for one in a private network that
 * WXGRAPH_ALLOW_HOSTS does not name. It is checked again at each connection, as names may be moved.
 */
export async function checkDestination(app: App, field: string, given: string): Promise<string> {
  const text = given.trim();
  if (text.length > maxLength) throw badInput(field, `${field} may have at most ${maxLength} characters.`);
  const url = URL.parse(text);
  const isWeb = url !== null && (url.protocol === 'http:' || url.protocol === 'https:');
  if (!isWeb) throw badInput(field, `${field} must be an http:// or https:// address.`);
  if (url.username !== '' || url.password !== '') throw badInput(field, `${field} must not have a user or password.`);
  try {
    await lookedUpUrl(url.href, app.config.allowHosts);
  } catch (error) {
    if (error instanceof AddressNotAllowed) throw new GatewayError('URL_NOT_ALLOWED', error.message, { field });
    throw error;
  }
  return url.href;
}
