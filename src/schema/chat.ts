/** Conversations. */
import { showId } from '../resolvers/ids.ts';
import { markRead } from '../resolvers/messages/mark-read.ts';
import { readChat, readChats } from '../resolvers/messages/read-chats.ts';
import { readMessagesOf } from '../resolvers/messages/read-messages.ts';
import type { Chat } from '../resolvers/shapes.ts';
import { certain } from '../resolvers/loader.ts';
import { builder } from './builder.ts';
import { ContactKindEnum } from './enums.ts';
import { NodeInterface } from './node.ts';
import { messageArgs, pageArgs } from './page-args.ts';
import { changeAnswer } from './payload.ts';
import {
  AccountRef,
  ChatConnection,
  ChatFilter,
  ChatRef,
  ContactRef,
  MessageConnection,
  MessageFilter,
  MessageRef,
} from './refs.ts';

ChatRef.implement({
  description: "A conversation of an account with a contact. Read state is the gateway's, shared by all its users.",
  interfaces: [NodeInterface],
  fields: (t) => ({
    id: t.id({ description: 'Opaque.', resolve: (chat) => showId('chat', chat.id) }),
    account: t.field({
      type: AccountRef,
      description: 'Whose conversation it is.',
      resolve: (chat, _, { loaders }) => certain(loaders.account.load(chat.accountId)),
    }),
    contact: t.field({
      type: ContactRef,
      description: 'With whom.',
      resolve: (chat, _, { loaders }) => certain(loaders.contact.load(chat.contactId)),
    }),
    lastMessage: t.field({
      type: MessageRef,
      nullable: true,
      description: 'The newest message.',
      resolve: (chat, _, { loaders }) =>
        chat.lastMessageSeq === null ? null : loaders.message.load(chat.lastMessageSeq),
    }),
    unreadCount: t.exposeInt('unreadCount', { description: 'Incoming messages that nobody has read.' }),
    unreadMentions: t.exposeInt('unreadMentions', { description: 'Those of them that mention the account.' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When its last message or read state came.' }),
    messages: t.field({
      type: MessageConnection,
      nullable: true,
      description: 'Its messages in the order of the event log; with neither `first` nor `last` the newest 50.',
      args: { filter: t.arg({ type: MessageFilter, description: 'Which ones.' }), ...messageArgs },
      resolve: (chat, { filter, ...page }, { app, caller, loaders }) =>
        readMessagesOf(app, caller, loaders, { chat }, filter, page),
    }),
  }),
});

ChatFilter.implement({
  description: 'Which conversations; everything that is given must hold. An empty list matches nothing.',
  fields: (t) => ({
    accountIds: t.idList({ description: 'Of one of these accounts.' }),
    kinds: t.field({ type: [ContactKindEnum], description: 'With a contact of one of these kinds.' }),
    unreadOnly: t.boolean({ description: 'With unread messages only.' }),
    mentionedOnly: t.boolean({ description: 'With unread messages that mention the account only.' }),
    search: t.string({ description: "In the contact's name, remark, alias and wxid." }),
  }),
});

const MarkReadInput = builder.inputType('MarkReadInput', {
  description: 'What has been read.',
  fields: (t) => ({
    chatId: t.id({ required: true, description: 'The conversation.' }),
    upTo: t.id({ description: 'Up to this message, itself included. Everything, where it is left out.' }),
  }),
});

const ChatPayload = builder.objectRef<{ object: Chat; seq: number }>('ChatPayload').implement({
  description: 'A conversation after a change.',
  fields: (t) => ({
    chat: t.expose('object', { type: ChatRef, description: 'The conversation.' }),
    ...changeAnswer(t),
  }),
});

builder.queryFields((t) => ({
  chat: t.field({
    type: ChatRef,
    nullable: true,
    description: 'One conversation.',
    args: { id: t.arg.id({ required: true, description: 'Such as chat_17.' }) },
    resolve: (_, { id }, { app, caller }) => readChat(app, caller, id),
  }),
  chats: t.field({
    type: ChatConnection,
    nullable: true,
    description: 'Conversations, the one with the newest message first.',
    args: { filter: t.arg({ type: ChatFilter, description: 'Which ones.' }), ...pageArgs },
    resolve: (_, { filter, ...page }, { app, caller }) => readChats(app, caller, filter, page),
  }),
}));

builder.mutationField('markRead', (t) =>
  t.field({
    type: ChatPayload,
    nullable: true,
    description: 'Mark messages of a conversation as read, for all users of this gateway. WeChat is not told.',
    args: { input: t.arg({ type: MarkReadInput, required: true, description: 'What has been read.' }) },
    resolve: (_, { input }, { app, caller }) => markRead(app, caller, input),
  }),
);
