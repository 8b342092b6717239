/** The event log and its events. */
import { type Event, type EventLog, readEventLog, readEvents } from '../resolvers/events/read-events.ts';
import { showId } from '../resolvers/ids.ts';
import { readWebhook } from '../resolvers/webhooks/read-webhooks.ts';
import { watchEvents } from '../resolvers/events/watch-events.ts';
import { type StateFrame, watchStates } from '../resolvers/events/watch-states.ts';
import { certain } from '../resolvers/loader.ts';
import { ContactSyncType, QrCodeType } from './account.ts';
import { builder } from './builder.ts';
import { uncountedConnectionType } from './connection.ts';
import { ChatRoomMemberRef } from './contact.ts';
import { ChangeEnum, ClientStateEnum, ContactChangeEnum, EventTypeEnum } from './enums.ts';
import { pageArgs } from './page-args.ts';
import { AccountRef, ChatRef, ContactRef, GroupRef, MessageRef, SendLogRef, WebhookRef } from './refs.ts';

const typeNames: Record<Event['type'], string> = {
  MESSAGE_RECEIVED: 'MessageReceived',
  MESSAGE_UPDATED: 'MessageUpdated',
  CLIENT_STATE_CHANGED: 'ClientStateChanged',
  SEND_UPDATED: 'SendUpdated',
  CONTACT_CHANGED: 'ContactChanged',
  FRIEND_REQUESTED: 'FriendRequested',
  CHAT_UPDATED: 'ChatUpdated',
  ACCOUNT_CHANGED: 'AccountChanged',
  GROUP_CHANGED: 'GroupChanged',
  CONTACTS_SYNCED: 'ContactsSynced',
  WEBHOOK_CHANGED: 'WebhookChanged',
  CAUGHT_UP: 'CaughtUp',
  CHECKPOINT: 'Checkpoint',
};

const EventInterface = builder.interfaceRef<Event>('Event').implement({
  description: 'Something that happened. Its objects are shown as they are now, also in a replay.',
  resolveType: (event) => typeNames[event.type],
  fields: (t) => ({
    cursor: t.exposeString('cursor', { description: 'Its position: pass it as `after` to go on from here.' }),
    at: t.expose('at', { type: 'DateTime', description: 'When it was stored.' }),
    account: t.field({
      type: AccountRef,
      nullable: true,
      description: 'Whose event it is; null for events of no account, and of one that is gone.',
      resolve: (event, _, { loaders }) => (event.accountId === null ? null : loaders.account.load(event.accountId)),
    }),
  }),
});

/** The event of this type. */
type Of<Type extends Event['type']> = Event & { type: Type };

function eventType<Type extends Event['type']>(type: Type) {
  return builder.objectRef<Of<Type>>(typeNames[type]);
}

eventType('MESSAGE_RECEIVED').implement({
  description: 'A message was stored; outgoing ones too.',
  interfaces: [EventInterface],
  fields: (t) => ({ message: t.expose('message', { type: MessageRef, description: 'The message.' }) }),
});

eventType('MESSAGE_UPDATED').implement({
  description: 'More became known about a message: its media arrived, or it was revoked.',
  interfaces: [EventInterface],
  fields: (t) => ({ message: t.expose('message', { type: MessageRef, description: 'The message.' }) }),
});

eventType('FRIEND_REQUESTED').implement({
  description: 'Someone asks to become a friend.',
  interfaces: [EventInterface],
  fields: (t) => ({
    message: t.expose('message', { type: MessageRef, description: 'The message of kind FRIEND_REQUEST that says so.' }),
  }),
});

const ClientStateChanged = eventType('CLIENT_STATE_CHANGED').implement({
  description: "An account's state changed, or it has a new QR code.",
  interfaces: [EventInterface],
  fields: (t) => ({
    from: t.expose('from', {
      type: ClientStateEnum,
      nullable: true,
      description: 'The state before; null where this is the present state, told at the start of a subscription.',
    }),
    to: t.expose('to', { type: ClientStateEnum, description: 'The state from then on.' }),
    reason: t.exposeString('reason', { nullable: true, description: 'Why, in words.' }),
    qrCode: t.expose('qrCode', {
      type: QrCodeType,
      nullable: true,
      description: 'The QR code to scan, while SCANNING.',
    }),
  }),
});

eventType('SEND_UPDATED').implement({
  description: 'A send took a step.',
  interfaces: [EventInterface],
  fields: (t) => ({
    log: t.field({
      type: SendLogRef,
      description: 'Its line, as it is now.',
      resolve: (event, _, { loaders }) => certain(loaders.log.load(event.sendId)),
    }),
  }),
});

eventType('CONTACT_CHANGED').implement({
  description: 'A contact or chat room member came, left or changed.',
  interfaces: [EventInterface],
  fields: (t) => ({
    change: t.expose('change', { type: ContactChangeEnum, description: 'What happened.' }),
    contact: t.field({
      type: ContactRef,
      nullable: true,
      description: 'The contact, or the chat room of the member.',
      resolve: (event, _, { loaders }) => loaders.contact.load(event.contactId),
    }),
    member: t.field({
      type: ChatRoomMemberRef,
      nullable: true,
      description: 'The member, of MEMBER_… changes.',
      resolve: (event, _, { loaders }) => (event.memberId === null ? null : loaders.member.load(event.memberId)),
    }),
    property: t.exposeString('property', {
      nullable: true,
      description: 'Which property changed, where that is told.',
    }),
    from: t.exposeString('from', { nullable: true, description: 'Its value before.' }),
    to: t.exposeString('to', { nullable: true, description: 'Its value from then on.' }),
  }),
});

eventType('CHAT_UPDATED').implement({
  description: 'Read state or pin of a conversation changed.',
  interfaces: [EventInterface],
  fields: (t) => ({
    chat: t.field({
      type: ChatRef,
      description: 'The conversation.',
      resolve: (event, _, { loaders }) => certain(loaders.chat.load(event.chatIdChanged)),
    }),
  }),
});

eventType('ACCOUNT_CHANGED').implement({
  description: 'An account was created, updated or deleted.',
  interfaces: [EventInterface],
  fields: (t) => ({
    change: t.expose('change', { type: ChangeEnum, description: 'What happened.' }),
    accountId: t.id({
      description: 'Which account; also one that is gone.',
      resolve: (event) => showId('account', event.changedAccountId),
    }),
  }),
});

eventType('GROUP_CHANGED').implement({
  description: 'A group was created, updated or deleted.',
  interfaces: [EventInterface],
  fields: (t) => ({
    change: t.expose('change', { type: ChangeEnum, description: 'What happened.' }),
    groupId: t.id({
      description: 'Which group; also one that is gone.',
      resolve: (event) => showId('group', event.groupId),
    }),
    group: t.field({
      type: GroupRef,
      nullable: true,
      description: 'The group, where it is still there.',
      resolve: (event, _, { loaders }) => loaders.group.load(event.groupId),
    }),
  }),
});

eventType('CONTACTS_SYNCED').implement({
  description: 'A fetch of all contacts ended.',
  interfaces: [EventInterface],
  fields: (t) => ({ sync: t.expose('sync', { type: ContactSyncType, description: 'How it ended.' }) }),
});

eventType('WEBHOOK_CHANGED').implement({
  description: 'A webhook was created, updated or deleted, began to fail, or works again.',
  interfaces: [EventInterface],
  fields: (t) => ({
    webhookId: t.id({
      description: 'Which webhook; also one that is gone.',
      resolve: (event) => showId('webhook', event.webhookId),
    }),
    webhook: t.field({
      type: WebhookRef,
      nullable: true,
      description: 'The webhook, where it is still there. ADMIN only, else null.',
      resolve: (event, _, { caller, loaders }) => readWebhook(loaders, caller, event.webhookId),
    }),
  }),
});

eventType('CAUGHT_UP').implement({
  description: 'The backfill is over; from here on events are live. Sent once, not stored.',
  interfaces: [EventInterface],
  fields: (t) => ({ replayed: t.exposeInt('replayed', { description: 'How many events the backfill had.' }) }),
});

eventType('CHECKPOINT').implement({
  description:
    "Nothing of yours happened up to this cursor. Sent now and then on a quiet subscription, not stored, so that a client's cursor does not grow old.",
  interfaces: [EventInterface],
});

const EventConnection = uncountedConnectionType('Event', EventInterface);

const EventLogType = builder.objectRef<EventLog>('EventLog').implement({
  description:
    'Read `head` in the same query as a list, then subscribe with `after: head`: nothing falls between the two.',
  fields: (t) => ({
    head: t.exposeString('head', { description: "The log's end." }),
    oldest: t.exposeString('oldest', { description: 'The earliest position from which reading on misses nothing.' }),
    retentionDays: t.exposeInt('retentionDays', { description: 'How long events are kept.' }),
  }),
});

const eventArgs = builder.args((t) => ({
  types: t.field({ type: [EventTypeEnum], description: 'Of these types only.' }),
  accountIds: t.idList({ description: 'Of these accounts only.' }),
  chatIds: t.idList({ description: 'In these conversations only.' }),
}));

builder.queryFields((t) => ({
  eventLog: t.field({
    type: EventLogType,
    nullable: true,
    description: 'Where the event log begins and ends. Select it before lists: it is read first.',
    resolve: (_, __, { app }) => readEventLog(app),
  }),
  events: t.field({
    type: EventConnection,
    nullable: true,
    description: 'The same stream as the subscription of this name, by page, oldest first.',
    args: { ...eventArgs, ...pageArgs },
    resolve: (_, args, { app, caller }) => readEvents(app, caller, args),
  }),
}));

builder.subscriptionFields((t) => ({
  clientStateChanged: t.field({
    type: ClientStateChanged,
    description:
      'The state of each account at once, then every change, QR codes included; with `after` every change since then instead.',
    args: {
      accountIds: t.arg.idList({ description: 'Of these accounts only.' }),
      after: t.arg.string({ description: 'Every change later than this cursor first.' }),
    },
    subscribe: (_, args, { app, caller }) => watchStates(app, caller, args),
    resolve: (frame: StateFrame) => frame,
  }),
  events: t.field({
    type: EventInterface,
    description: 'Everything that happens, in the order of the event log.',
    args: {
      ...eventArgs,
      after: t.arg.string({ description: 'Everything later than this cursor first.' }),
      last: t.arg.int({ description: 'The newest n first, 1 to 100, then live; not together with `after`.' }),
    },
    subscribe: (_, args, { app, caller }) => watchEvents(app, caller, args),
    resolve: (event: Event) => event,
  }),
}));
