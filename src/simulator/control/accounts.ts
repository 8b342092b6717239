/** The control API: one account, its client, its phone, and what happens to it. */
import { z } from 'zod';
import { type Actions, ControlError, personOf, roomOf, someoneOf } from './action.ts';
import { contentFields, contentOf } from './content.ts';
import type { DrivenAccount } from '../driven-account.ts';
import type { Simulator } from '../simulator.ts';
import type { Content } from '../wechat.ts';

const received = z.strictObject({
  from: z.string(),
  room: z.string().optional(),
  /** Mentions the account; the text is put behind the mention. */
  mention: z.boolean().optional(),
  ...contentFields,
});
const started = z.strictObject({ cookie: z.boolean().default(false) });
const loggedOut = z.strictObject({ next: z.enum(['scan', 'stop']).optional() });
const address = z.strictObject({ url: z.string().nullable() });

/** An account as the control API shows it. */
export function describeAccount(simulator: Simulator, one: DrivenAccount): object {
  const { number, wxid, front, facts, qrCode } = one;
  const name = simulator.world.people.get(wxid)?.name;
  return { number, wxid, name, front, ...facts, scannable: qrCode !== null };
}

function contactsOf({ world: { people, rooms } }: Simulator, { account, idOf }: DrivenAccount): object {
  return {
    contacts: [...account.contacts.values()].map((contact) => ({
      ...contact,
      id: idOf(contact.wxid),
      name: people.get(contact.wxid)?.name,
      alias: people.get(contact.wxid)?.alias,
    })),
    rooms: [...account.rooms].map((wxid) => ({
      wxid,
      id: idOf(wxid),
      name: rooms.get(wxid)?.name,
      ownerWxid: rooms.get(wxid)?.ownerWxid,
      members: rooms.get(wxid)?.members.map((member) => ({
        wxid: member.wxid,
        id: idOf(member.wxid),
        name: people.get(member.wxid)?.name,
        display: member.display,
      })),
    })),
  };
}

function mentioning({ world }: Simulator, { wxid }: DrivenAccount, content: Content): Content {
  if (content.type !== 'text') return content;
  return { ...content, text: `@${world.people.get(wxid)?.name ?? ''}\u2005${content.text}`, mentions: [wxid] };
}

function codeOf({ qrCode }: DrivenAccount): Buffer {
  if (qrCode === null) throw new ControlError(404, 'no QR code waits for this account');
  return qrCode;
}

export const accountActions: Actions = {
  'GET accounts *': (simulator, { account }) => describeAccount(simulator, account()),
  'GET accounts * contacts': (simulator, { account }) => contactsOf(simulator, account()),
  'GET accounts * qrcode': (_, { account }) => codeOf(account()),
  'POST accounts * start': (_, { account, body }) => account().start(started.parse(body ?? {}).cookie),
  'POST accounts * stop': (_, { account }) => account().stop(),
  'POST accounts * die': (_, { account }) => account().die(),
  'POST accounts * logout': (_, { account, body }) => account().logout(loggedOut.parse(body ?? {}).next),
  'POST accounts * scan': (_, { account }) => {
    codeOf(account());
    account().scan();
  },
  'POST accounts * confirm': (_, { account }) => account().confirm(),
  'POST accounts * expire': (_, { account }) => account().expireQrCode(),
  'POST accounts * verify-code': (_, { account, body }) =>
    account().requireVerifyCode(z.strictObject({ code: z.string().nullable() }).parse(body).code),
  'POST accounts * expire-media': (_, { account }) => account().expireMedia(),
  'POST accounts * post-api': (_, { account, body }) => account().postTo(address.parse(body).url),
  'POST ecloud callback': ({ ecloud }, { body }) => {
    ecloud.callbackUrl = address.parse(body).url;
  },
  'POST accounts * receive': (simulator, { account, body }) => {
    const { from, room, mention, ...input } = received.parse(body);
    const content = contentOf(simulator, input);
    const told = mention === true ? mentioning(simulator, account(), content) : content;
    const where = room === undefined ? undefined : roomOf(simulator, room);
    return { id: simulator.world.receive(account().wxid, personOf(simulator, from), told, where).id };
  },
  'POST accounts * send-from-phone': (simulator, { account, body }) => {
    const { to, ...input } = z.strictObject({ to: z.string(), ...contentFields }).parse(body);
    const content = contentOf(simulator, input);
    return { id: simulator.world.sendFromPhone(account().wxid, someoneOf(simulator, to), content).id };
  },
  'POST accounts * notice': (simulator, { account, body }) => {
    const { where, text } = z.strictObject({ where: z.string(), text: z.string() }).parse(body);
    return { id: simulator.world.notice(account().wxid, someoneOf(simulator, where), text).id };
  },
  'POST accounts * switch-chat': (simulator, { account, body }) => {
    account().switchChat(someoneOf(simulator, z.strictObject({ to: z.string() }).parse(body).to));
  },
  'POST accounts * friend-request': (simulator, { account, body }) => {
    const { name, greeting } = z.strictObject({ name: z.string(), greeting: z.string().default('') }).parse(body);
    return simulator.world.requestFriend(account().wxid, name, greeting);
  },
  'POST accounts * accept-friend': (simulator, { account, body }) => {
    const { ticket } = z.strictObject({ ticket: z.string() }).parse(body);
    return { accepted: simulator.world.acceptFriend(account().wxid, ticket) };
  },
  'POST accounts * befriend': (simulator, { account, body }) => {
    const { whom } = z.strictObject({ whom: z.string() }).parse(body);
    simulator.world.addContact(account().wxid, personOf(simulator, whom));
  },
  'POST accounts * unfriend': (simulator, { account, body }) => {
    const { whom } = z.strictObject({ whom: z.string() }).parse(body);
    simulator.world.removeContact(account().wxid, personOf(simulator, whom));
  },
  'POST accounts * remark': (simulator, { account, body }) => {
    const { of, remark } = z.strictObject({ of: z.string(), remark: z.string() }).parse(body);
    simulator.world.setRemark(account().wxid, personOf(simulator, of), remark);
  },
  'POST accounts * pin': (simulator, { account, body }) => {
    const { whom, pinned } = z.strictObject({ whom: z.string(), pinned: z.boolean() }).parse(body);
    simulator.world.setPinned(account().wxid, personOf(simulator, whom), pinned);
  },
};
