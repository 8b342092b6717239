/** Routes that tell what the client knows. */
import { groupJson, groupName, matches, personJson, personName } from './contacts.ts';
import type { Fields, LocalGroup, LocalPerson } from './contacts.ts';
import { notFound } from './call.ts';
import type { Call, Route } from './call.ts';
import type { Session } from './session.ts';
import { avatarPng, tinyJpeg } from '../png.ts';

/** The first friend for whom all given values are equal. */
export function searchFriend(
  session: Session,
  wanted: Readonly<Record<string, string | undefined>>,
): LocalPerson | undefined {
  return session.contacts.friends.find((friend) => matches(friend.fields, personName(friend), wanted));
}

/** The first chat room, in the order of this login. */
export function searchGroup(
  session: Session,
  wanted: Readonly<Record<string, string | undefined>>,
): LocalGroup | undefined {
  const { groups, user } = session.contacts;
  return groups.find((group) => matches(group.fields, groupName(group, user), wanted));
}

/** What a friend is looked for by on most routes. */
export function friendParams({ params }: Call): Record<string, string | undefined> {
  return {
    id: params.one('id'),
    account: params.one('account'),
    displayname: params.one('displayname'),
    markname: params.one('markname'),
  };
}

/** What a chat room is looked for by. */
export function groupParams({ params }: Call): Record<string, string | undefined> {
  return { id: params.one('id'), displayname: params.one('displayname') };
}

export function isGroupId(id: string | undefined): boolean {
  return id !== undefined && /^@@|@chatroom$/.test(id);
}

const attributes = {
  Friend: 'account category city display displayname id markname name province sex signature uid'.split(' '),
  Group: 'displayname id name owner_uid uid'.split(' '),
};

/** The page of a server that has met a parameter which is no method of the object. */
function noMethod(call: Call, method: string, kind: string): void {
  const message = `Can&#39;t locate object method &quot;${method}&quot; via package &quot;Mojo::Weixin::${kind}&quot;`;
  const page = `<!DOCTYPE html>\n<html><head><title>Server error (development mode)</title></head><body>${message}</body></html>\n`;
  call.raw(500, { 'content-type': 'text/html;charset=UTF-8' }, page);
}

type Found = { fields: Fields; name: string; json: () => ReturnType<typeof personJson> };

/** Each parameter is called as a method of the object; `type` is one that exists though it is no attribute. */
function search(call: Call, kind: 'Friend' | 'Group', objects: readonly Found[]): void {
  const wanted = Object.fromEntries(call.params.pairs.filter(([name]) => name !== 'client'));
  const known = [...attributes[kind], 'type', 'member', '_check_remote'];
  const unknown = Object.keys(wanted).find((name) => !known.includes(name));
  if (unknown !== undefined && objects.length > 0) {
    noMethod(call, unknown, kind);
    return;
  }
  const given = Object.keys(wanted).length > 0;
  delete wanted['member'];
  delete wanted['_check_remote'];
  const type = kind.toLowerCase();
  const found = objects.filter(
    ({ fields, name }) => given && (Object.keys(wanted).length === 0 || matches({ ...fields, type }, name, wanted)),
  );
  call.json(found.length > 0 ? found.map(({ json }) => json()) : notFound);
}

function avatar(call: Call): void {
  const { session, params } = call;
  const { user } = session.contacts;
  const id = params.one('id');
  const groupId = params.one('group_id');
  let wxid: string | undefined;
  let kind: string | undefined;
  if (id !== undefined && id === user.fields['id']) wxid = user.wxid;
  else if (isGroupId(id)) wxid = searchGroup(session, groupParams(call))?.wxid;
  if (wxid === undefined && groupId !== undefined && id !== undefined) {
    const group = searchGroup(session, { id: groupId });
    wxid = group?.members.find((member) => member.fields['id'] === id)?.wxid;
    kind = wxid === undefined ? undefined : 'none';
  } else {
    wxid ??= searchFriend(session, friendParams(call))?.wxid;
  }
  if (wxid === undefined) {
    call.json({ code: 100, id: null, status: 'object not found' });
    return;
  }
  kind ??= session.world.people.get(wxid)?.avatar ?? session.world.rooms.get(wxid)?.avatar ?? 'none';
  if (kind !== 'png' && kind !== 'jpeg') {
    call.after(session.options.avatarWaitMs, () => call.raw(503, { 'content-type': 'text/html;charset=UTF-8' }, ''));
    return;
  }
  const now = session.clock.now();
  call.raw(
    200,
    {
      'content-type': `image/${kind}`,
      'cache-control': 'max-age=3600',
      expires: new Date(now + 3_600_000).toUTCString(),
      'last-modified': new Date(now).toUTCString(),
    },
    kind === 'png' ? avatarPng(wxid) : tinyJpeg,
  );
}

/** What get_client_info and stop_client share. */
function processInfo({ pid, startedAt, clock, clientName }: Session): Record<string, number | string> {
  return {
    account: clientName ?? 'default',
    code: 0,
    pid,
    runtime: Math.floor((clock.now() - startedAt) / 1000),
    starttime: Math.floor(startedAt / 1000),
  };
}

export const readRoutes: Readonly<Record<string, Route>> = {
  get_user_info: { getOnly: true, answer: (call) => call.json(personJson(call.session.contacts.user)) },
  get_friend_info: { getOnly: true, answer: (call) => call.json(call.session.contacts.friends.map(personJson)) },
  get_group_info: {
    getOnly: true,
    answer(call) {
      const { contacts } = call.session;
      call.json(contacts.groups.map((group) => groupJson(group, contacts.user)));
    },
  },
  get_group_basic_info: {
    getOnly: true,
    answer(call) {
      const { contacts } = call.session;
      call.json(contacts.groups.map((group) => groupJson(group, contacts.user, false)));
    },
  },
  search_friend: {
    answer(call) {
      const { friends } = call.session.contacts;
      search(
        call,
        'Friend',
        friends.map((friend) => ({
          fields: friend.fields,
          name: personName(friend),
          json: () => personJson(friend),
        })),
      );
    },
  },
  search_group: {
    answer(call) {
      const { groups, user } = call.session.contacts;
      search(
        call,
        'Group',
        groups.map((group) => ({
          fields: group.fields,
          name: groupName(group, user),
          json: () => groupJson(group, user),
        })),
      );
    },
  },
  get_avatar: { answer: avatar },
  check_event: {
    answer(call) {
      // Longer than the wait; the connection must not be closed before the empty answer.
      call.patience(call.session.options.mediaInactivityMs);
      call.session.queue.take((events) => call.json(events));
    },
  },
  get_client_info: {
    answer(call) {
      call.json({
        ...processInfo(call.session),
        http_debug: call.session.clientName === null ? 0 : '0',
        log_encoding: 'utf8',
        log_level: 'info',
        log_path: '',
        os: 'linux',
        status: 'success',
        version: '1.4.6',
      });
    },
  },
  stop_client: {
    answer(call) {
      const { session } = call;
      call.json({ ...processInfo(session), status: `success, client(${session.pid}) will stop in 3 seconds` });
      call.after(session.options.stopAfterMs, () => session.stop());
    },
  },
};
