/** Where a client wants to be called: one address for all accounts of its token, as E云 has one for a developer account. */
import type { App } from '../../resolvers/app.ts';
import type { Caller } from '../../resolvers/access/caller.ts';
import { badInput } from '../../resolvers/errors.ts';
import { readCallback } from '../../resolvers/webhooks/read-callback.ts';
import { setCallback } from '../../resolvers/webhooks/set-callback.ts';
import type { Answer } from './call.ts';
import { good } from './told.ts';

const everyAccount = { format: 'ECLOUD', accountId: null } as const;

/** `type` 2 is the format that there is. */
export const setHttpCallbackUrl: Answer = async ({ app, caller, params }) => {
  const url = params.text('httpUrl');
  if ((params.optional('type') ?? '2') !== '2') throw badInput('type', 'type must be 2.');
  await setCallback(app, caller, { ...everyAccount, url });
  return good();
};

export const cancelHttpCallbackUrl: Answer = async ({ app, caller }) => {
  await setCallback(app, caller, { ...everyAccount, url: null });
  return good();
};

export const getHttpCallbackUrl: Answer = async ({ app, caller }) => good({ url: await callbackUrlOf(app, caller) });

/** Empty where none is set. */
export async function callbackUrlOf(app: App, caller: Caller): Promise<string> {
  return (await readCallback(app, caller, everyAccount)) ?? '';
}
