import { GatewayError } from '../../resolvers/errors.ts';
import { findPicture } from '../../resolvers/media/find-picture.ts';
import { readAvatar } from '../../resolvers/media/read-avatar.ts';
import { readBytes } from '../../resolvers/media/read-bytes.ts';
import { type Answer, type Call, html } from './call.ts';
import { Failure, objectNotFound } from './failure.ts';
import { findFriend } from './target.ts';

const maxAge = 3600;

/** A picture; 503 and nothing where there is none, or its upstream fails. */
export const getAvatar: Answer = async (call) => {
  const { app } = call;
  const owner = await ownerOf(call);
  if (owner === null) throw new Failure(100, objectNotFound().message, { id: null });
  const stored = await readAvatar(app, owner).catch(unlessExpected);
  const bytes = stored && (await readBytes(app, stored, stored.size));
  if (!stored || bytes === null) return { status: 503, type: html, body: '' };
  const now = app.clock.now();
  const headers = {
    'cache-control': `max-age=${maxAge}`,
    expires: new Date(now + maxAge * 1000).toUTCString(),
    'last-modified': new Date(now).toUTCString(),
  };
  return { type: stored.mime, headers, body: bytes };
};

/** Without an id: a friend by its other properties. */
async function ownerOf(call: Call) {
  const { app, params } = call;
  const account = await call.account();
  if (params.all('id').length === 0) return { of: 'CONTACT', id: (await findFriend(call)).id } as const;
  const wxid = params.one('id') ?? '';
  return wxid === '' ? null : findPicture(app, account, wxid, params.one('group_id'));
}

function unlessExpected(error: unknown): null {
  if (error instanceof GatewayError) return null;
  throw error;
}
