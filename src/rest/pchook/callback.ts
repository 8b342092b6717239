/** Where the hook shall post what it receives. */
import { badInput } from '../../resolvers/errors.ts';
import { setCallback } from '../../resolvers/webhooks/set-callback.ts';
import { done, refused } from './answers.ts';
import type { Answer } from './call.ts';

/** `isEnable` or, in the newest builds, `RecvType`: 0 nothing, 1 parsed messages; the others are WeChat's own protocol and its moments. */
export const configureCallback: Answer = async ({ app, caller, account, name, params }) => {
  const wanted = params.optionalText('isEnable') ?? params.optionalText('RecvType') ?? '1';
  if (wanted !== '0' && wanted !== '1') {
    return refused(name, 'This gateway posts parsed messages alone: ask for 1.', { ConfigureMsgRecive: '0' });
  }
  const url = params.optionalText('CallBackURL') ?? params.optionalText('url');
  if (wanted === '1' && url === null) throw badInput('url', 'url is missing.');
  await setCallback(app, caller, { format: 'PCHOOK', accountId: account.id, url: wanted === '0' ? null : url });
  // The newest builds answer under the older name.
  return done(name, { ConfigureMsgRecive: '1' });
};
