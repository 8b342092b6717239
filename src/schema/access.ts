/** Who asks, and the tokens that let them. */
import { showId } from '../resolvers/ids.ts';
import { createApiToken, readApiTokens, revokeApiToken } from '../resolvers/access/manage-tokens.ts';
import { type Viewer, readViewer } from '../resolvers/access/read-viewer.ts';
import type { ApiToken } from '../resolvers/shapes.ts';
import { builder } from './builder.ts';
import { connectionType } from './connection.ts';
import { ScopeEnum } from './enums.ts';
import { NodeInterface } from './node.ts';
import { pageArgs } from './page-args.ts';
import { DeletePayload } from './payload.ts';

const shownAccounts = (accountIds: readonly number[] | null) => accountIds?.map((id) => showId('account', id)) ?? null;

const ApiTokenRef = builder.objectRef<ApiToken>('ApiToken').implement({
  description: 'A key to this API. Its secret is shown once, at creation.',
  interfaces: [NodeInterface],
  fields: (t) => ({
    id: t.id({ description: 'Opaque.', resolve: (token) => showId('token', token.id) }),
    name: t.exposeString('name', { description: 'What it is for.' }),
    scope: t.expose('scope', { type: ScopeEnum, description: 'What it may do.' }),
    accountIds: t.idList({
      nullable: true,
      description: 'For these accounts only; null: every account.',
      resolve: (token) => shownAccounts(token.accountIds),
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
    lastUsedAt: t.expose('lastUsedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was last used, to the minute.',
    }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime', nullable: true, description: 'When it ends; null: never.' }),
  }),
});

const ApiTokenConnection = connectionType('ApiToken', ApiTokenRef);

const ViewerType = builder.objectRef<Viewer>('Viewer').implement({
  description: "Who asks: by a token, or by the panel's session.",
  fields: (t) => ({
    scope: t.expose('scope', { type: ScopeEnum, description: 'What they may do.' }),
    accountIds: t.idList({
      nullable: true,
      description: 'For these accounts only; null: every account.',
      resolve: (viewer) => shownAccounts(viewer.accountIds),
    }),
    token: t.expose('token', {
      type: ApiTokenRef,
      nullable: true,
      description: "The token; null for a browser's session.",
    }),
  }),
});

const CreateApiTokenInput = builder.inputType('CreateApiTokenInput', {
  description: 'A new token.',
  fields: (t) => ({
    name: t.string({ required: true, description: '1 to 50 characters.' }),
    scope: t.field({ type: ScopeEnum, required: true, description: 'What it may do.' }),
    accountIds: t.idList({ description: 'For these accounts only; not with ADMIN.' }),
    expiresAt: t.field({ type: 'DateTime', description: 'When it ends; never, where it is left out.' }),
  }),
});

const ApiTokenPayload = builder.objectRef<{ token: ApiToken; secret: string }>('ApiTokenPayload').implement({
  description: 'A new token.',
  fields: (t) => ({
    token: t.expose('token', { type: ApiTokenRef, description: 'The token.' }),
    secret: t.exposeString('secret', { description: 'Shown once; only its hash is kept.' }),
  }),
});

builder.queryFields((t) => ({
  viewer: t.field({
    type: ViewerType,
    nullable: true,
    description: 'Who asks.',
    resolve: (_, __, { app, caller }) => readViewer(app, caller),
  }),
  apiTokens: t.field({
    type: ApiTokenConnection,
    nullable: true,
    description: 'Tokens, by creation. ADMIN.',
    args: { ...pageArgs },
    resolve: (_, args, { app, caller }) => readApiTokens(app, caller, args),
  }),
}));

builder.mutationFields((t) => ({
  createApiToken: t.field({
    type: ApiTokenPayload,
    nullable: true,
    description: 'Make a token. ADMIN.',
    args: { input: t.arg({ type: CreateApiTokenInput, required: true, description: 'The token.' }) },
    resolve: (_, { input }, { app, caller }) => createApiToken(app, caller, input),
  }),
  revokeApiToken: t.field({
    type: DeletePayload,
    nullable: true,
    description: 'End a token; its open sockets are closed within five seconds. ADMIN.',
    args: { id: t.arg.id({ required: true, description: 'The token.' }) },
    resolve: (_, { id }, { app, caller }) => revokeApiToken(app, caller, id),
  }),
}));
