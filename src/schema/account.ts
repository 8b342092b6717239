/** Accounts: WeChat accounts that the gateway drives. */
import type { PacingInput as PacingInputShape } from '../resolvers/accounts/account-input.ts';
import { createAccount } from '../resolvers/accounts/create-account.ts';
import { deleteAccount } from '../resolvers/accounts/delete-account.ts';
import { enterVerificationCode } from '../resolvers/accounts/enter-code.ts';
import { showId } from '../resolvers/ids.ts';
import {
  type AccountFilter as AccountFilterShape,
  capabilitiesOf,
  hookDialectOf,
  isReady,
  readAccount,
  readAccounts,
  readCallbackUrl,
} from '../resolvers/accounts/read-accounts.ts';
import { readAvatarUrl } from '../resolvers/media/read-avatar-url.ts';
import { readAccountGroups } from '../resolvers/accounts/read-account-groups.ts';
import { readChatsOfAccount } from '../resolvers/messages/read-chats.ts';
import { readContactsOfAccount } from '../resolvers/contacts/read-contacts.ts';
import { readLogsOfAccount } from '../resolvers/send/read-logs.ts';
import { readMessagesOf } from '../resolvers/messages/read-messages.ts';
import { startAccount, stopAccount } from '../resolvers/accounts/start-account.ts';
import type { Account, AccountCounts, ContactSync, Pacing, SendLog } from '../resolvers/shapes.ts';
import { syncContacts } from '../resolvers/contacts/sync-contacts.ts';
import { updateAccount } from '../resolvers/accounts/update-account.ts';
import { readDefaultReceiver } from '../resolvers/accounts/read-default-receiver.ts';
import { certain } from '../resolvers/loader.ts';
import type { QrCode } from '../words.ts';
import { avatarDescription } from './avatar.ts';
import { builder } from './builder.ts';
import { connectionType } from './connection.ts';
import { CapabilityEnum, ClientStateEnum, DriverKindEnum, PchookDialectEnum, SyncStateEnum } from './enums.ts';
import { NodeInterface } from './node.ts';
import { messageArgs, pageArgs } from './page-args.ts';
import { DeletePayload, changeAnswer } from './payload.ts';
import {
  AccountRef,
  ChatConnection,
  ChatFilter,
  ContactConnection,
  ContactFilter,
  ContactRef,
  GroupConnection,
  LogFilter,
  MessageConnection,
  MessageFilter,
  SendLogConnection,
} from './refs.ts';
import { ConnectionInput, ConnectionInterface } from './upstream-connection.ts';
import { wantedOf } from './wanted.ts';

export const QrCodeType = builder.objectRef<QrCode>('QrCode').implement({
  description: 'A login code to scan with the phone.',
  fields: (t) => ({
    url: t.exposeString('url', {
      nullable: true,
      description: 'The text that the code encodes, where the backend tells it.',
    }),
    image: t.exposeString('image', { description: 'The picture as a data: URL.' }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it can no longer be scanned.',
    }),
  }),
});

const AccountStats = builder.objectRef<AccountCounts>('AccountStats').implement({
  description: "Counts of sends; today is the day of the gateway's time zone.",
  fields: (t) => ({
    todaySent: t.exposeInt('todaySent', { description: 'Sends accepted today that are SENT.' }),
    todayFailed: t.exposeInt('todayFailed', { description: 'Sends accepted today that FAILED.' }),
    todayUnknown: t.exposeInt('todayUnknown', { description: 'Sends accepted today whose outcome is unknown.' }),
    totalSent: t.exposeInt('totalSent', { description: 'All sends that are SENT.' }),
    queued: t.exposeInt('queued', { description: 'Sends that wait for their turn now.' }),
  }),
});

const PacingType = builder.objectRef<Pacing>('Pacing').implement({
  description:
    'How fast an account may send: at least intervalMs, plus up to jitterMs, between two sends, at most perDay a day; 1500 ms and 500 ms unless set.',
  fields: (t) => ({
    intervalMs: t.exposeInt('intervalMs', { description: 'Milliseconds between two sends, at least.' }),
    jitterMs: t.exposeInt('jitterMs', { description: 'Up to this many milliseconds more, by chance.' }),
    perDay: t.exposeInt('perDay', { nullable: true, description: 'At most this many sends a day; null: no limit.' }),
    paused: t.exposeBoolean('paused', { description: 'Nothing is sent while this is true.' }),
  }),
});

export const ContactSyncType = builder.objectRef<ContactSync>('ContactSync').implement({
  description: 'The last or running fetch of all contacts.',
  fields: (t) => ({
    state: t.expose('state', { type: SyncStateEnum, description: 'How it stands.' }),
    done: t.exposeInt('done', { description: 'Contacts fetched so far.' }),
    total: t.exposeInt('total', {
      nullable: true,
      description: 'How many there are, where the upstream tells beforehand.',
    }),
    error: t.exposeString('error', { nullable: true, description: 'Why it failed.' }),
    finishedAt: t.expose('finishedAt', { type: 'DateTime', nullable: true, description: 'When the last one ended.' }),
    friends: t.exposeInt('friends', { description: 'Friends found.' }),
    chatRooms: t.exposeInt('chatRooms', { description: 'Chat rooms found.' }),
    officialAccounts: t.exposeInt('officialAccounts', { description: 'Official accounts found.' }),
    others: t.exposeInt('others', { description: 'Others found.' }),
  }),
});

AccountRef.implement({
  description: 'A WeChat account that the gateway drives.',
  interfaces: [NodeInterface],
  fields: (t) => ({
    id: t.id({ description: 'Five digits or more, as in REST.', resolve: (account) => showId('account', account.id) }),
    name: t.exposeString('name', { description: 'What its owner calls it.' }),
    remark: t.exposeString('remark', { nullable: true, description: "The owner's note." }),
    driver: t.expose('driver', { type: DriverKindEnum, description: 'What it is driven through.' }),
    wxid: t.string({
      nullable: true,
      description: "The account's own WeChat id; null until it has logged in once.",
      resolve: (account) => account.self?.wxid ?? null,
    }),
    avatarUrl: t.string({
      nullable: true,
      description: avatarDescription,
      resolve: ({ id, self }, _, { app, loaders }) =>
        self && readAvatarUrl(app, loaders, { kind: 'account', id, accountId: id, avatarUrl: self.avatarUrl }),
    }),
    state: t.expose('state', { type: ClientStateEnum, description: 'The state of its client, as the evidence says.' }),
    stateReason: t.exposeString('stateReason', {
      nullable: true,
      description: 'Why the state is what it is, in words, with the evidence for it.',
    }),
    stateSince: t.expose('stateSince', { type: 'DateTime', description: 'Since when it is in this state.' }),
    ready: t.boolean({
      description: 'True when a send would be dispatched now.',
      resolve: (account, _, { app }) => isReady(app, account),
    }),
    qrCode: t.expose('qrCode', {
      type: QrCodeType,
      nullable: true,
      description: 'The QR code to scan, while state is SCANNING.',
    }),
    capabilities: t.field({
      type: [CapabilityEnum],
      description: 'What its backend can do.',
      resolve: (account, _, { app }) => capabilitiesOf(app, account),
    }),
    defaultReceiver: t.field({
      type: ContactRef,
      nullable: true,
      description: 'Who receives what is sent to this account as a target without naming a receiver.',
      resolve: (account, _, { loaders }) => readDefaultReceiver(loaders, account),
    }),
    defaultReceiverId: t.exposeString('defaultReceiver', {
      nullable: true,
      description: 'The receiver as it was given: a wxid, chat room id or Contact id.',
    }),
    pacing: t.expose('pacing', { type: PacingType, description: 'How fast it may send.' }),
    stats: t.field({
      type: AccountStats,
      description: 'Counts of its sends.',
      resolve: (account, _, { loaders }) => certain(loaders.accountCounts.load(account.id)),
    }),
    unreadCount: t.int({
      description: 'Unread messages in all its chats.',
      resolve: async (account, _, { loaders }) => (await loaders.accountCounts.load(account.id))!.unread,
    }),
    hookDialect: t.field({
      type: PchookDialectEnum,
      description: 'In which dialect of the PC hook the gateway serves it at `/pchook/<id>/`.',
      resolve: hookDialectOf,
    }),
    connection: t.expose('connection', { type: ConnectionInterface, description: 'Where its upstream is.' }),
    callbackUrl: t.string({
      nullable: true,
      description: 'Where its upstream posts messages to: a path that cannot be guessed. ADMIN only, else null.',
      resolve: (account, _, { app, caller }) => readCallbackUrl(app, caller, account),
    }),
    contactSync: t.expose('sync', { type: ContactSyncType, description: 'The last or running fetch of its contacts.' }),
    lastMessageAt: t.expose('lastMessageAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When its last message was received here.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
    groups: t.field({
      type: GroupConnection,
      nullable: true,
      description: 'The groups that it is in, by name.',
      args: { ...pageArgs },
      resolve: (account, args, { app, caller, loaders }) => readAccountGroups(app, caller, loaders, account, args),
    }),
    contacts: t.field({
      type: ContactConnection,
      nullable: true,
      description: 'Its contacts, by display name.',
      args: { filter: t.arg({ type: ContactFilter, description: 'Which ones.' }), ...pageArgs },
      resolve: (account, { filter, ...page }, { app, loaders }) =>
        readContactsOfAccount(app, loaders, account, filter, page),
    }),
    chats: t.field({
      type: ChatConnection,
      nullable: true,
      description: 'Its conversations, the one with the newest message first.',
      args: { filter: t.arg({ type: ChatFilter, description: 'Which ones.' }), ...pageArgs },
      resolve: (account, { filter, ...page }, { app, loaders }) =>
        readChatsOfAccount(app, loaders, account, filter, page),
    }),
    messages: t.field({
      type: MessageConnection,
      nullable: true,
      description: 'Its messages in the order of the event log; with neither `first` nor `last` the newest 50.',
      args: { filter: t.arg({ type: MessageFilter, description: 'Which ones.' }), ...messageArgs },
      resolve: (account, { filter, ...page }, { app, caller, loaders }) =>
        readMessagesOf(app, caller, loaders, { account }, filter, page),
    }),
    logs: t.field({
      type: SendLogConnection,
      nullable: true,
      description: 'Its sends, newest first.',
      args: { filter: t.arg({ type: LogFilter, description: 'Which ones.' }), ...pageArgs },
      resolve: (account, { filter, ...page }, { app, loaders }, info) =>
        readLogsOfAccount(app, loaders, account, filter, { ...page, ...wantedOf<SendLog>(info) }),
    }),
  }),
});

export const AccountConnection = connectionType('Account', AccountRef);

const AccountFilter = builder.inputRef<AccountFilterShape>('AccountFilter').implement({
  description: 'Which accounts; everything that is given must hold. An empty list matches nothing.',
  fields: (t) => ({
    ids: t.idList({ description: 'With one of these ids.' }),
    groupIds: t.idList({ description: 'In one of these groups.' }),
    drivers: t.field({ type: [DriverKindEnum], description: 'Driven by one of these.' }),
    states: t.field({ type: [ClientStateEnum], description: 'In one of these states.' }),
    ready: t.boolean({ description: 'Whether a send would be dispatched now.' }),
    search: t.string({ description: 'In name, remark and wxid.' }),
  }),
});

const PacingInput = builder.inputRef<PacingInputShape>('PacingInput').implement({
  description: 'How fast an account may send. What is left out stays, null goes back to the default.',
  fields: (t) => ({
    intervalMs: t.int({ description: 'Milliseconds between two sends, 0 to 3,600,000.' }),
    jitterMs: t.int({ description: 'Up to this many milliseconds more, 0 to 3,600,000.' }),
    perDay: t.int({ description: 'At most this many sends a day; null: no limit.' }),
    paused: t.boolean({ description: 'Send nothing while true.' }),
  }),
});

const CreateAccountInput = builder.inputType('CreateAccountInput', {
  description: 'A new account. It is not started.',
  fields: (t) => ({
    name: t.string({ required: true, description: '1 to 50 characters.' }),
    remark: t.string({ description: 'A note, up to 200 characters.' }),
    connection: t.field({ type: ConnectionInput, description: "Left out: the gateway's default connection." }),
    defaultReceiver: t.string({
      description: 'Who receives what names no receiver: a wxid, chat room id or Contact id.',
    }),
    pacing: t.field({ type: PacingInput, description: 'How fast it may send.' }),
  }),
});

const UpdateAccountInput = builder.inputType('UpdateAccountInput', {
  description: 'What is left out stays; null clears.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'The account.' }),
    name: t.string({ description: '1 to 50 characters.' }),
    remark: t.string({ description: 'A note, up to 200 characters.' }),
    connection: t.field({
      type: ConnectionInput,
      description: 'Replaced whole; another kind of upstream is CONFLICT.',
    }),
    defaultReceiver: t.string({ description: 'Who receives what names no receiver.' }),
    pacing: t.field({ type: PacingInput, description: 'How fast it may send; null resets it.' }),
    hookDialect: t.field({
      type: PchookDialectEnum,
      description: 'In which dialect of the PC hook it is served; null: that of its own hook, V39 for other drivers.',
    }),
  }),
});

const EnterVerificationCodeInput = builder.inputType('EnterVerificationCodeInput', {
  description: 'A code that WeChat shows on another device.',
  fields: (t) => ({
    accountId: t.id({ required: true, description: 'The account whose login waits for it.' }),
    code: t.string({ required: true, description: '1 to 20 characters.' }),
  }),
});

export const AccountPayload = builder.objectRef<{ object: Account; seq: number }>('AccountPayload').implement({
  description: 'An account after a change.',
  fields: (t) => ({
    account: t.expose('object', { type: AccountRef, description: 'The account.' }),
    ...changeAnswer(t),
  }),
});

builder.queryFields((t) => ({
  account: t.field({
    type: AccountRef,
    nullable: true,
    description: 'One account.',
    args: { id: t.arg.id({ required: true, description: 'Such as 00001.' }) },
    resolve: (_, { id }, { app, caller }) => readAccount(app, caller, id),
  }),
  accounts: t.field({
    type: AccountConnection,
    nullable: true,
    description: 'Accounts, by id.',
    args: { filter: t.arg({ type: AccountFilter, description: 'Which ones.' }), ...pageArgs },
    resolve: (_, { filter, ...page }, { app, caller }) => readAccounts(app, caller, filter, page),
  }),
}));

builder.mutationFields((t) => ({
  createAccount: t.field({
    type: AccountPayload,
    nullable: true,
    description: 'Make an account. ADMIN. It is not started.',
    args: { input: t.arg({ type: CreateAccountInput, required: true, description: 'The account.' }) },
    resolve: (_, { input }, { app, caller }) => createAccount(app, caller, input),
  }),
  updateAccount: t.field({
    type: AccountPayload,
    nullable: true,
    description: 'Change an account. ADMIN.',
    args: { input: t.arg({ type: UpdateAccountInput, required: true, description: 'What changes.' }) },
    resolve: (_, { input }, { app, caller }) => updateAccount(app, caller, input),
  }),
  deleteAccount: t.field({
    type: DeletePayload,
    nullable: true,
    description:
      'Cancel what is queued and take the account with its messages, chats and logs out of every answer. ADMIN.',
    args: { id: t.arg.id({ required: true, description: 'The account.' }) },
    resolve: (_, { id }, { app, caller }) => deleteAccount(app, caller, id),
  }),
  startAccount: t.field({
    type: AccountPayload,
    nullable: true,
    description:
      "Start the account's client: connects, and logs in (clientStateChanged shows the QR code). Answers at once.",
    args: { id: t.arg.id({ required: true, description: 'The account.' }) },
    resolve: (_, { id }, { app, caller }) => startAccount(app, caller, id),
  }),
  stopAccount: t.field({
    type: AccountPayload,
    nullable: true,
    description: "Stop driving the account: no logout, and the upstream's process goes on.",
    args: { id: t.arg.id({ required: true, description: 'The account.' }) },
    resolve: (_, { id }, { app, caller }) => stopAccount(app, caller, id),
  }),
  enterVerificationCode: t.field({
    type: AccountPayload,
    nullable: true,
    description:
      "Hand in the code that WeChat shows on another device, where the account's state says that its login waits for one; the state tells how it goes on.",
    args: { input: t.arg({ type: EnterVerificationCodeInput, required: true, description: 'The code.' }) },
    resolve: (_, { input }, { app, caller }) => enterVerificationCode(app, caller, input),
  }),
  syncContacts: t.field({
    type: AccountPayload,
    nullable: true,
    description: 'Fetch all contacts again, in the background; Account.contactSync and ContactsSynced show it.',
    args: { accountId: t.arg.id({ required: true, description: 'The account.' }) },
    resolve: (_, { accountId }, { app, caller }) => syncContacts(app, caller, accountId),
  }),
}));
