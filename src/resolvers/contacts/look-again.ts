import { type Driver, DriverError, type UpstreamContact } from '../../drivers/driver.ts';
import type { App } from '../app.ts';

/** A contact as its upstream tells it now; null where it cannot, or fails to: what was done before is done all the same. */
export async function lookAgain(
  app: App,
  driver: Driver,
  wxid: string,
  signal: AbortSignal,
): Promise<UpstreamContact | null> {
  if (!driver.fetchContact) return null;
  try {
    return await driver.fetchContact(wxid, signal);
  } catch (error) {
    if (!(error instanceof DriverError)) throw error;
    app.log.warn({ err: error }, 'a contact that was changed could not be looked at again');
    return null;
  }
}
