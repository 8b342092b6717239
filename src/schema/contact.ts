/** Contacts: whom an account can write to. */
import { showId } from '../resolvers/ids.ts';
import { readAvatarUrl } from '../resolvers/media/read-avatar-url.ts';
import {
  readContact,
  readContactByWxid,
  readContacts,
  readMembers,
  readOwner,
} from '../resolvers/contacts/read-contacts.ts';
import type { ChatRoomMember, Contact } from '../resolvers/shapes.ts';
import { certain } from '../resolvers/loader.ts';
import { avatarDescription } from './avatar.ts';
import { builder } from './builder.ts';
import { connectionType } from './connection.ts';
import { contactTypeName } from './contact-type-name.ts';
import { ContactKindEnum, SexEnum } from './enums.ts';
import { NodeInterface } from './node.ts';
import { pageArgs } from './page-args.ts';
import { AccountRef, ChatRef, ContactConnection, ContactFilter, ContactRef } from './refs.ts';

ContactRef.implement({
  description:
    "Someone or somewhere that an account can write to. Its id stays the same when the upstream's own id changes at a login.",
  interfaces: [NodeInterface],
  resolveType: contactTypeName,
  fields: (t) => ({
    id: t.id({ description: 'Stays the same for good.', resolve: (contact) => showId('contact', contact.id) }),
    account: t.field({
      type: AccountRef,
      description: 'Whose contact it is.',
      resolve: (contact, _, { loaders }) => certain(loaders.account.load(contact.accountId)),
    }),
    kind: t.expose('kind', { type: ContactKindEnum, description: 'What it is.' }),
    wxid: t.exposeString('wxid', {
      description: "The upstream's id now: wxid_…, …@chatroom, gh_…, filehelper, or Openwx's @… and @@….",
    }),
    name: t.exposeString('name', { description: 'The name that it gave itself.' }),
    remark: t.exposeString('remark', { nullable: true, description: 'The name that the account gave it.' }),
    displayName: t.exposeString('displayName', {
      description: 'What a person would call it: the remark, else the name.',
    }),
    avatarUrl: t.string({
      nullable: true,
      description: avatarDescription,
      resolve: (contact, _, { app, loaders }) => readAvatarUrl(app, loaders, { ...contact, kind: 'contact' }),
    }),
    pinned: t.exposeBoolean('pinned', {
      nullable: true,
      description: 'Whether it is pinned; null where that is not known.',
    }),
    chat: t.field({
      type: ChatRef,
      nullable: true,
      description: 'The conversation with it; null while there has been none.',
      resolve: (contact, _, { loaders }) => loaders.chatByContact.load(contact.id),
    }),
  }),
});

// Where both have a field, the last one's resolver counts.
const common = { interfaces: [NodeInterface, ContactRef] };

builder.objectRef<Contact>('Friend').implement({
  ...common,
  description: 'A person.',
  fields: (t) => ({
    alias: t.exposeString('alias', { nullable: true, description: '微信号' }),
    sex: t.expose('sex', { type: SexEnum, description: 'As the profile says.' }),
    signature: t.exposeString('signature', { nullable: true, description: '个性签名' }),
    country: t.exposeString('country', { nullable: true, description: 'As the profile says.' }),
    province: t.exposeString('province', { nullable: true, description: 'As the profile says.' }),
    city: t.exposeString('city', { nullable: true, description: 'As the profile says.' }),
    labels: t.exposeStringList('labels', { description: "The account's labels on it." }),
  }),
});

builder.objectRef<Contact>('OfficialAccount').implement({
  ...common,
  description: 'An official account (公众号).',
  fields: (t) => ({
    signature: t.exposeString('signature', { nullable: true, description: 'What it says of itself.' }),
  }),
});

builder.objectRef<Contact>('OtherContact').implement({
  ...common,
  description: 'Something of WeChat itself, such as the file transfer assistant.',
});

const MemberRef = builder.objectRef<ChatRoomMember>('ChatRoomMember').implement({
  description: 'A member of a chat room.',
  interfaces: [NodeInterface],
  fields: (t) => ({
    id: t.id({ description: 'Opaque.', resolve: (member) => showId('member', member.id) }),
    wxid: t.exposeString('wxid', { description: "The upstream's id now." }),
    name: t.exposeString('name', { description: 'The name that it gave itself.' }),
    displayName: t.exposeString('displayName', { description: 'The name in this chat room, else the name.' }),
    avatarUrl: t.string({
      nullable: true,
      description: avatarDescription,
      resolve: (member, _, { app, loaders }) => readAvatarUrl(app, loaders, { ...member, kind: 'member' }),
    }),
    isOwner: t.exposeBoolean('isOwner', { description: 'Whether the chat room is theirs.' }),
    contact: t.field({
      type: ContactRef,
      nullable: true,
      description: 'Where it is a contact of the account too.',
      resolve: (member, _, { loaders }) =>
        loaders.contactByWxid.load({ accountId: member.accountId, wxid: member.wxid }),
    }),
  }),
});
export { MemberRef as ChatRoomMemberRef };

const MemberConnection = connectionType('ChatRoomMember', MemberRef);

export const ChatRoomRef = builder.objectRef<Contact>('ChatRoom').implement({
  ...common,
  description: 'A chat room (群).',
  fields: (t) => ({
    memberCount: t.exposeInt('memberCount', {
      nullable: true,
      description: 'How many members; null where they are not known.',
    }),
    owner: t.field({
      type: MemberRef,
      nullable: true,
      description: 'Whose it is, where that is known.',
      resolve: (room, _, { app, loaders }) => readOwner(app, loaders, room),
    }),
    members: t.field({
      type: MemberConnection,
      nullable: true,
      description: "Its members, in the upstream's order.",
      args: { search: t.arg.string({ description: 'In names and wxid.' }), ...pageArgs },
      resolve: (room, args, { app, loaders }) => readMembers(app, loaders, room, args),
    }),
  }),
});

ContactFilter.implement({
  description: 'Which contacts; everything that is given must hold. An empty list matches nothing.',
  fields: (t) => ({
    accountIds: t.idList({ description: 'Of one of these accounts.' }),
    kinds: t.field({ type: [ContactKindEnum], description: 'Of one of these kinds.' }),
    wxids: t.stringList({ description: "With one of these ids of the upstream's." }),
    labels: t.stringList({ description: 'With one of these labels.' }),
    search: t.string({ description: 'In name, remark, alias and wxid.' }),
  }),
});

builder.queryFields((t) => ({
  contact: t.field({
    type: ContactRef,
    nullable: true,
    description: 'One contact.',
    args: { id: t.arg.id({ required: true, description: 'Such as con_17.' }) },
    resolve: (_, { id }, { app, caller }) => readContact(app, caller, id),
  }),
  contactByWxid: t.field({
    type: ContactRef,
    nullable: true,
    description: "One contact, by the upstream's id; null where there is none.",
    args: {
      accountId: t.arg.id({ required: true, description: 'Whose contact.' }),
      wxid: t.arg.string({ required: true, description: "The upstream's id now." }),
    },
    resolve: (_, { accountId, wxid }, { app, caller }) => readContactByWxid(app, caller, accountId, wxid),
  }),
  contacts: t.field({
    type: ContactConnection,
    nullable: true,
    description: 'Contacts of the contact lists, by display name.',
    args: { filter: t.arg({ type: ContactFilter, description: 'Which ones.' }), ...pageArgs },
    resolve: (_, { filter, ...page }, { app, caller }) => readContacts(app, caller, filter, page),
  }),
}));
