/** What an account does with chat rooms. */
import {
  createChatRoom,
  inviteToChatRoom,
  removeFromChatRoom,
  renameChatRoom,
} from '../resolvers/contacts/manage-chat-rooms.ts';
import type { Contact } from '../resolvers/shapes.ts';
import { builder } from './builder.ts';
import { ChatRoomRef } from './contact.ts';
import { changeAnswer } from './payload.ts';

const CreateChatRoomInput = builder.inputType('CreateChatRoomInput', {
  description: 'A new chat room.',
  fields: (t) => ({
    accountId: t.id({ required: true, description: 'Who makes it, and is in it.' }),
    members: t.stringList({
      required: true,
      description:
        '1 to 100 others, as receivers of a send are named: Contact ids, wxids, aliases, or a name that one contact alone has. WeChat wants two at least.',
    }),
    name: t.string({ description: 'Up to 50 characters; without one WeChat shows who is in it.' }),
  }),
});

const ChatRoomMembersInput = builder.inputType('ChatRoomMembersInput', {
  description: 'People and a chat room.',
  fields: (t) => ({
    chatRoomId: t.id({ required: true, description: 'The chat room.' }),
    members: t.stringList({
      required: true,
      description:
        'Whom to invite, as receivers of a send are named; whom to remove, by member id, Contact id, wxid, or a name that one member alone has. 1 to 100.',
    }),
  }),
});

const RenameChatRoomInput = builder.inputType('RenameChatRoomInput', {
  description: 'A name for a chat room.',
  fields: (t) => ({
    chatRoomId: t.id({ required: true, description: 'The chat room.' }),
    name: t.string({ required: true, description: '1 to 50 characters.' }),
  }),
});

const ChatRoomPayload = builder.objectRef<{ object: Contact; seq: number }>('ChatRoomPayload').implement({
  description: 'A chat room after a change.',
  fields: (t) => ({
    chatRoom: t.expose('object', { type: ChatRoomRef, description: 'The chat room.' }),
    ...changeAnswer(t),
  }),
});

builder.mutationFields((t) => ({
  createChatRoom: t.field({
    type: ChatRoomPayload,
    nullable: true,
    description: 'Make a chat room. A name that several contacts have is AMBIGUOUS_RECEIVER, and nothing is made.',
    args: { input: t.arg({ type: CreateChatRoomInput, required: true, description: 'The chat room.' }) },
    resolve: (_, { input }, { app, caller }) => createChatRoom(app, caller, input),
  }),
  inviteToChatRoom: t.field({
    type: ChatRoomPayload,
    nullable: true,
    description:
      'Add people to a chat room, or invite them where WeChat wants their consent: who was invited is a member once they have agreed.',
    args: { input: t.arg({ type: ChatRoomMembersInput, required: true, description: 'Whom, and where.' }) },
    resolve: (_, { input }, { app, caller }) => inviteToChatRoom(app, caller, input),
  }),
  removeFromChatRoom: t.field({
    type: ChatRoomPayload,
    nullable: true,
    description: 'Remove members of a chat room.',
    args: { input: t.arg({ type: ChatRoomMembersInput, required: true, description: 'Whom, and where.' }) },
    resolve: (_, { input }, { app, caller }) => removeFromChatRoom(app, caller, input),
  }),
  renameChatRoom: t.field({
    type: ChatRoomPayload,
    nullable: true,
    description: 'Name a chat room, for all its members.',
    args: { input: t.arg({ type: RenameChatRoomInput, required: true, description: 'The name.' }) },
    resolve: (_, { input }, { app, caller }) => renameChatRoom(app, caller, input),
  }),
}));
