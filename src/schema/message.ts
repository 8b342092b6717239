/** Messages. */
import { describeSender, type Sender } from '../resolvers/messages/describe-sender.ts';
import { showId } from '../resolvers/ids.ts';
import { readMessage, readMessages } from '../resolvers/messages/read-messages.ts';
import { showSeq } from '../resolvers/events/read-events.ts';
import { readAvatarUrl } from '../resolvers/media/read-avatar-url.ts';
import { readRaw } from '../resolvers/messages/read-raw.ts';
import { revokeMessage } from '../resolvers/messages/revoke-message.ts';
import type { Message } from '../resolvers/shapes.ts';
import { watchMessages, type MessageFrame } from '../resolvers/events/watch-messages.ts';
import { certain } from '../resolvers/loader.ts';
import { avatarDescription } from './avatar.ts';
import { builder } from './builder.ts';
import { DirectionEnum, MessageKindEnum } from './enums.ts';
import { MessageContentUnion } from './message-content.ts';
import { NodeInterface } from './node.ts';
import { messageArgs } from './page-args.ts';
import { changeAnswer } from './payload.ts';
import { AccountRef, ChatRef, ContactRef, MessageConnection, MessageFilter, MessageRef, SendLogRef } from './refs.ts';

const SenderType = builder.objectRef<Sender>('Sender').implement({
  description: 'Who sent a message.',
  fields: (t) => ({
    wxid: t.exposeString('wxid', { description: "The upstream's id of the person." }),
    name: t.exposeString('name', { description: 'The name that they gave themselves.' }),
    displayName: t.exposeString('displayName', { description: 'What a person would call them.' }),
    avatarUrl: t.string({
      nullable: true,
      description: avatarDescription,
      resolve: ({ picture }, _, { app, loaders }) => picture && readAvatarUrl(app, loaders, picture),
    }),
    isSelf: t.exposeBoolean('isSelf', { description: 'Whether it was the account itself.' }),
    contact: t.expose('contact', {
      type: ContactRef,
      nullable: true,
      description: 'Where they are a contact of the account.',
    }),
  }),
});

MessageRef.implement({
  description: 'One WeChat message, kept once however often the upstream repeats it.',
  interfaces: [NodeInterface],
  fields: (t) => ({
    id: t.id({ description: 'Opaque.', resolve: (message) => showId('message', message.seq) }),
    account: t.field({
      type: AccountRef,
      description: 'Whose message it is.',
      resolve: (message, _, { loaders }) => certain(loaders.account.load(message.accountId)),
    }),
    chat: t.field({
      type: ChatRef,
      description: 'The conversation that it is in.',
      resolve: (message, _, { loaders }) => certain(loaders.chat.load(message.chatId)),
    }),
    sender: t.field({
      type: SenderType,
      description: 'Who sent it.',
      resolve: (message, _, { loaders }) => describeSender(loaders, message),
    }),
    direction: t.expose('direction', { type: DirectionEnum, description: 'Which way it went.' }),
    kind: t.expose('kind', { type: MessageKindEnum, description: 'What it is.' }),
    text: t.exposeString('text', {
      description:
        'What a person would read: the text, or a short description of anything else. Show it for a content type you do not know.',
    }),
    content: t.field({
      type: MessageContentUnion,
      description: 'What it holds.',
      resolve: (message) => ({ message, content: message.content }) as never,
    }),
    mentions: t.exposeStringList('mentions', { description: 'wxids mentioned with @; "notify@all" for everyone.' }),
    mentionsMe: t.exposeBoolean('mentionsMe', {
      description: 'Whether the account is mentioned, by itself or with everyone.',
    }),
    upstreamId: t.exposeString('upstreamId', {
      nullable: true,
      description:
        "The upstream's message id as an unsigned decimal or the upstream's own text; null where it gave none.",
    }),
    sentAt: t.expose('sentAt', { type: 'DateTime', description: 'The time that the upstream gives.' }),
    receivedAt: t.expose('receivedAt', { type: 'DateTime', description: 'When it was stored here.' }),
    duplicates: t.exposeInt('duplicates', {
      description: 'How many more times the upstream delivered this same message.',
    }),
    cursor: t.string({
      description:
        'Pass it as `after` to continue from here; for paging it stays valid when the event log has been trimmed.',
      resolve: (message, _, { app }) => showSeq(app, message.seq),
    }),
    revoked: t.exposeBoolean('revoked', { description: 'Whether it was revoked.' }),
    sendLog: t.field({
      type: SendLogRef,
      nullable: true,
      description: 'The send that this message is the echo of.',
      resolve: (message, _, { loaders }) => (message.sendId === null ? null : loaders.log.load(message.sendId)),
    }),
    raw: t.field({
      type: 'JSON',
      nullable: true,
      description: "The upstream's whole body. ADMIN only, else null.",
      resolve: (message, _, { caller, loaders }) => readRaw(loaders, caller, message),
    }),
  }),
});

MessageFilter.implement({
  description: 'Which messages; everything that is given must hold. An empty list matches nothing.',
  fields: (t) => ({
    accountIds: t.idList({ description: 'Of one of these accounts.' }),
    chatIds: t.idList({ description: 'In one of these conversations.' }),
    kinds: t.field({ type: [MessageKindEnum], description: 'Of one of these kinds.' }),
    directions: t.field({ type: [DirectionEnum], description: 'Gone one of these ways.' }),
    senderWxids: t.stringList({ description: 'Sent by one of these.' }),
    mentionsMe: t.boolean({ description: 'Whether they mention the account.' }),
    search: t.string({ description: 'Two characters and more, in the text.' }),
    since: t.field({ type: 'DateTime', description: 'Sent at this time or later.' }),
    until: t.field({ type: 'DateTime', description: 'Sent before this time.' }),
  }),
});

const MessagePayload = builder.objectRef<{ object: Message; seq: number }>('MessagePayload').implement({
  description: 'A message after a change.',
  fields: (t) => ({
    message: t.expose('object', { type: MessageRef, description: 'The message.' }),
    ...changeAnswer(t),
  }),
});

builder.queryFields((t) => ({
  message: t.field({
    type: MessageRef,
    nullable: true,
    description: 'One message.',
    args: { id: t.arg.id({ required: true, description: 'Such as msg_17.' }) },
    resolve: (_, { id }, { app, caller }) => readMessage(app, caller, id),
  }),
  messages: t.field({
    type: MessageConnection,
    nullable: true,
    description:
      "Messages in the order of the event log, oldest first; with neither `first` nor `last` the newest 50. An edge's cursor is the message's cursor.",
    args: { filter: t.arg({ type: MessageFilter, description: 'Which ones.' }), ...messageArgs },
    resolve: (_, { filter, ...page }, { app, caller }) => readMessages(app, caller, filter, page),
  }),
}));

builder.mutationField('revokeMessage', (t) =>
  t.field({
    type: MessagePayload,
    nullable: true,
    description:
      'Take an own message back for everybody. One that is revoked already answers the same; how long WeChat allows it is its own to say (two minutes).',
    args: { id: t.arg.id({ required: true, description: 'A message that the account sent.' }) },
    resolve: (_, { id }, { app, caller }) => revokeMessage(app, caller, id),
  }),
);

builder.subscriptionField('messageReceived', (t) =>
  t.field({
    type: MessageRef,
    description:
      'Messages, each once. Without `after`: from now on. With `after`: everything later than that cursor, then live, with no gap and no repetition at the change-over. Every frame carries its position in `extensions.cursor` too.',
    args: {
      filter: t.arg({ type: MessageFilter, description: 'Which ones.' }),
      after: t.arg.string({ description: 'Everything later than this cursor first.' }),
      last: t.arg.int({ description: 'The newest n first, 1 to 100, then live; not together with `after`.' }),
    },
    subscribe: (_, args, { app, caller }) => watchMessages(app, caller, args),
    resolve: (frame: MessageFrame) => frame.message,
  }),
);
