/** Groups (分组): named sets of accounts. */
import { showId } from '../resolvers/ids.ts';
import {
  addToGroup,
  createGroup,
  deleteGroup,
  readGroup,
  readGroups,
  removeFromGroup,
  updateGroup,
} from '../resolvers/accounts/manage-groups.ts';
import { readAccountsOfGroup } from '../resolvers/accounts/read-accounts.ts';
import type { Group } from '../resolvers/shapes.ts';
import { AccountConnection } from './account.ts';
import { builder } from './builder.ts';
import { NodeInterface } from './node.ts';
import { pageArgs } from './page-args.ts';
import { DeletePayload, changeAnswer } from './payload.ts';
import { GroupConnection, GroupRef } from './refs.ts';

GroupRef.implement({
  description: 'A named set of accounts (分组). A WeChat group chat is a ChatRoom, which this is not.',
  interfaces: [NodeInterface],
  fields: (t) => ({
    id: t.id({ description: 'g and three digits or more, as in REST.', resolve: (group) => showId('group', group.id) }),
    name: t.exposeString('name', { description: '1 to 50 characters.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
    accounts: t.field({
      type: AccountConnection,
      nullable: true,
      description: 'Its accounts, by id.',
      args: { ...pageArgs },
      resolve: (group, args, { loaders }) => readAccountsOfGroup(loaders, group, args),
    }),
  }),
});

const CreateGroupInput = builder.inputType('CreateGroupInput', {
  description: 'A new group.',
  fields: (t) => ({
    name: t.string({ required: true, description: '1 to 50 characters.' }),
    accountIds: t.idList({ required: true, description: 'Its accounts; may be empty.' }),
  }),
});

const UpdateGroupInput = builder.inputType('UpdateGroupInput', {
  description: 'What is left out stays.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'The group.' }),
    name: t.string({ description: '1 to 50 characters.' }),
    accountIds: t.idList({ description: 'Its accounts from now on; null: none.' }),
  }),
});

const GroupMembersInput = builder.inputType('GroupMembersInput', {
  description: 'Accounts to put into a group or to take out of it.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'The group.' }),
    accountIds: t.idList({ required: true, description: 'The accounts.' }),
  }),
});

const GroupPayload = builder.objectRef<{ object: Group; seq: number }>('GroupPayload').implement({
  description: 'A group after a change.',
  fields: (t) => ({
    group: t.expose('object', { type: GroupRef, description: 'The group.' }),
    ...changeAnswer(t),
  }),
});

builder.queryFields((t) => ({
  group: t.field({
    type: GroupRef,
    nullable: true,
    description: 'One group.',
    args: { id: t.arg.id({ required: true, description: 'Such as g001.' }) },
    resolve: (_, { id }, { app, caller }) => readGroup(app, caller, id),
  }),
  groups: t.field({
    type: GroupConnection,
    nullable: true,
    description: 'Groups, by id.',
    args: { ...pageArgs },
    resolve: (_, args, { app, caller }) => readGroups(app, caller, args),
  }),
}));

builder.mutationFields((t) => ({
  createGroup: t.field({
    type: GroupPayload,
    nullable: true,
    description: 'Make a group. ADMIN.',
    args: { input: t.arg({ type: CreateGroupInput, required: true, description: 'The group.' }) },
    resolve: (_, { input }, { app, caller }) => createGroup(app, caller, input),
  }),
  updateGroup: t.field({
    type: GroupPayload,
    nullable: true,
    description: 'Rename a group, or give it other accounts. ADMIN.',
    args: { input: t.arg({ type: UpdateGroupInput, required: true, description: 'What changes.' }) },
    resolve: (_, { input }, { app, caller }) => updateGroup(app, caller, input),
  }),
  addToGroup: t.field({
    type: GroupPayload,
    nullable: true,
    description: 'Put accounts into a group; those in it already stay. ADMIN.',
    args: { input: t.arg({ type: GroupMembersInput, required: true, description: 'Which ones.' }) },
    resolve: (_, { input }, { app, caller }) => addToGroup(app, caller, input),
  }),
  removeFromGroup: t.field({
    type: GroupPayload,
    nullable: true,
    description: 'Take accounts out of a group. ADMIN.',
    args: { input: t.arg({ type: GroupMembersInput, required: true, description: 'Which ones.' }) },
    resolve: (_, { input }, { app, caller }) => removeFromGroup(app, caller, input),
  }),
  deleteGroup: t.field({
    type: DeletePayload,
    nullable: true,
    description: 'Delete a group; its accounts stay. ADMIN.',
    args: { id: t.arg.id({ required: true, description: 'The group.' }) },
    resolve: (_, { id }, { app, caller }) => deleteGroup(app, caller, id),
  }),
}));
