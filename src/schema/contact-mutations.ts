/** What an account does with its contacts. */
import { pinContact, setRemark } from '../resolvers/contacts/change-contact.ts';
import { acceptFriendRequest, addFriend } from '../resolvers/contacts/make-friends.ts';
import type { Contact } from '../resolvers/shapes.ts';
import { AccountPayload } from './account.ts';
import { builder } from './builder.ts';
import { changeAnswer } from './payload.ts';
import { ContactRef } from './refs.ts';

const SetRemarkInput = builder.inputType('SetRemarkInput', {
  description: 'A name for a contact.',
  fields: (t) => ({
    contactId: t.id({ required: true, description: 'The contact.' }),
    remark: t.string({ required: true, description: 'Up to 50 characters; empty takes the name away.' }),
  }),
});

const PinContactInput = builder.inputType('PinContactInput', {
  description: 'Whether a contact stays on top.',
  fields: (t) => ({
    contactId: t.id({ required: true, description: 'The contact.' }),
    pinned: t.boolean({ required: true, description: 'False: no longer.' }),
  }),
});

const AddFriendInput = builder.inputType('AddFriendInput', {
  description: 'Whom to ask.',
  fields: (t) => ({
    accountId: t.id({ required: true, description: 'Who asks.' }),
    wxid: t.string({
      required: true,
      description:
        "A wxid, or the id of a member of a chat room. Of a wxid that is a member of one of the account's chat rooms, the upstream is told which.",
    }),
    greeting: t.string({ description: 'What the request says, up to 100 characters.' }),
  }),
});

const ContactPayload = builder.objectRef<{ object: Contact; seq: number }>('ContactPayload').implement({
  description: 'A contact after a change.',
  fields: (t) => ({
    contact: t.expose('object', { type: ContactRef, description: 'The contact.' }),
    ...changeAnswer(t),
  }),
});

builder.mutationFields((t) => ({
  setRemark: t.field({
    type: ContactPayload,
    nullable: true,
    description: 'Name a contact for the account alone.',
    args: { input: t.arg({ type: SetRemarkInput, required: true, description: 'The name.' }) },
    resolve: (_, { input }, { app, caller }) => setRemark(app, caller, input),
  }),
  pinContact: t.field({
    type: ContactPayload,
    nullable: true,
    description: 'Keep the conversation with a contact on top of the list in WeChat, or no longer.',
    args: { input: t.arg({ type: PinContactInput, required: true, description: 'The contact.' }) },
    resolve: (_, { input }, { app, caller }) => pinContact(app, caller, input),
  }),
  addFriend: t.field({
    type: AccountPayload,
    nullable: true,
    description:
      'Ask someone to become a friend: a member of a chat room, or a wxid. ContactChanged tells when they are one.',
    args: { input: t.arg({ type: AddFriendInput, required: true, description: 'Whom to ask.' }) },
    resolve: (_, { input }, { app, caller }) => addFriend(app, caller, input),
  }),
  acceptFriendRequest: t.field({
    type: ContactPayload,
    nullable: true,
    description: 'Accept what a message of kind FRIEND_REQUEST asks.',
    args: { messageId: t.arg.id({ required: true, description: 'The message.' }) },
    resolve: (_, { messageId }, { app, caller }) => acceptFriendRequest(app, caller, messageId),
  }),
}));
