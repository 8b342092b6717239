/** Events as the hook posts them: what its documentation shows, and what receivers rely on. */
import { localTime } from '../../days.ts';
import type { EncodeEvent } from '../../resolvers/events/event-format.ts';
import { createLoaders } from '../../resolvers/load.ts';
import { type Account, hookDialectOf } from '../../resolvers/accounts/read-accounts.ts';
import { type Fields, encodeMessage, encodeRest } from './encode-message.ts';
import { showWxid } from './wxids.ts';

/** The hook of the first account has the port 30001, as the documentation numbers them. */
const basePort = 30_000;

/** Pictures, files and videos, as the hook calls those that it sends. */
const typedFiles = ['3', '49', '4'];

/** One post: its elements, or, for the rest of a message that was told before, its fields. */
export type Post = { sendorrecv: '1' | '2'; elements: readonly Fields[] } | { sendorrecv: '1' | '2'; rest: Fields };

/** See `EncodeEvent`. Messages, what became known of their media, members that joined, and that WeChat has logged out. */
export const encodePchookEvent: EncodeEvent = async (app, caller, event, options) => {
  if (event.accountId === null) return [];
  const loaders = createLoaders(app, caller);
  const account = await loaders.account.load(event.accountId);
  if (account === null) return [];
  const self = account.self?.wxid ?? '';
  const { timezone } = app.config;
  const shown = { app, loaders, self, timezone, dialect: hookDialectOf(account), mediaData: options.mediaData };
  switch (event.type) {
    case 'MESSAGE_RECEIVED':
      return bodies(account, await encodeMessage(shown, event.message));
    case 'MESSAGE_UPDATED':
      return bodies(account, await encodeRest(shown, event.message));
    case 'CLIENT_STATE_CHANGED': {
      const isLogout = event.to === 'OFFLINE' && (event.from === 'RUNNING' || event.from === 'SUSPECT');
      if (!isLogout) return [];
      const element = notice(self, self, localTime(event.at, timezone), { msgtype: '10000', msg: '退出登录微信' });
      return bodies(account, [{ sendorrecv: '1', elements: [element] }]);
    }
    case 'CONTACT_CHANGED': {
      const [room, member] = await Promise.all([
        loaders.contact.load(event.contactId),
        event.memberId === null ? null : loaders.member.load(event.memberId),
      ]);
      if (event.change !== 'MEMBER_JOINED' || room === null) return [];
      const gid = showWxid(room);
      const joined = { gid, ...(member && { memberwxid: member.wxid, nickname: member.name }) };
      const words = { msgtype: '20001', msg: 'Everything is OK', ...joined };
      const element = notice(gid, self, localTime(event.at, timezone), words);
      return bodies(account, [{ sendorrecv: '2', elements: [element] }]);
    }
    default:
      return [];
  }
};

function notice(from: string, toid: string, time: string, words: Fields): Fields {
  return { time, msgsvrid: '', ...words, fromid: from, fromwxid: from, toid };
}

function bodies(account: Account, posts: readonly Post[]): string[] {
  const envelope = { ServerPort: String(basePort + account.id), selfwxid: account.self?.wxid ?? '' };
  return posts.map((post) => {
    const { sendorrecv } = post;
    if ('rest' in post) return JSON.stringify({ ...envelope, sendorrecv, ...post.rest });
    const msglist = post.elements.map((element, at) => ({ index: String(at + 1), ...element }));
    // What was typed here with a file is counted as none.
    const isSentFile = sendorrecv === '1' && post.elements.some(({ msgtype = '' }) => typedFiles.includes(msgtype));
    return JSON.stringify({ ...envelope, sendorrecv, msgnumber: isSentFile ? '0' : String(msglist.length), msglist });
  });
}
