/** What administrators do with webhooks. */
import {
  type ManagedWebhook,
  createWebhook,
  deleteWebhook,
  replayWebhook,
  rotateWebhookSecret,
  updateWebhook,
} from '../resolvers/webhooks/manage-webhooks.ts';
import { testWebhook } from '../resolvers/webhooks/test-webhook.ts';
import { builder } from './builder.ts';
import { EventTypeEnum, WebhookFormatEnum } from './enums.ts';
import { DeletePayload, changeAnswer } from './payload.ts';
import { WebhookRef } from './refs.ts';

const words = {
  url: 'An http(s) address. URL_NOT_ALLOWED for one in a private network, unless WXGRAPH_ALLOW_HOSTS names its host; that is checked at each connection.',
  types: 'Of these types only; not CAUGHT_UP and CHECKPOINT.',
  accountIds: 'Of these accounts only.',
  allowReply: 'OPENWX: send what the receiver answers as `reply` or `media`.',
  events: 'OPENWX: the names of the events to post (post_event_list); the documented default where it is left out.',
  mediaData: 'OPENWX: post images as base64 too (post_media_data).',
  pollUrl:
    "OPENWX: ask this address again and again and follow a 302 to this gateway's own compatible routes (poll_api).",
};

const CreateWebhookInput = builder.inputType('CreateWebhookInput', {
  description: 'A new webhook.',
  fields: (t) => ({
    url: t.string({ required: true, description: words.url }),
    format: t.field({
      type: WebhookFormatEnum,
      required: true,
      defaultValue: 'STANDARD',
      description: 'In which shape; it stays.',
    }),
    types: t.field({ type: [EventTypeEnum], description: words.types }),
    accountIds: t.idList({ description: words.accountIds }),
    allowReply: t.boolean({ required: true, defaultValue: false, description: words.allowReply }),
    events: t.stringList({ description: words.events }),
    mediaData: t.boolean({ required: true, defaultValue: true, description: words.mediaData }),
    pollUrl: t.string({ description: words.pollUrl }),
  }),
});

const UpdateWebhookInput = builder.inputType('UpdateWebhookInput', {
  description: 'A change of a webhook.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'The webhook.' }),
    url: t.string({ description: words.url }),
    types: t.field({ type: [EventTypeEnum], description: words.types }),
    accountIds: t.idList({ description: words.accountIds }),
    enabled: t.boolean({
      description: 'False: nothing is posted; what happens meanwhile is posted when it is switched on again.',
    }),
    allowReply: t.boolean({ description: words.allowReply }),
    events: t.stringList({ description: words.events }),
    mediaData: t.boolean({ description: words.mediaData }),
    pollUrl: t.string({ description: words.pollUrl }),
  }),
});

const ReplayWebhookInput = builder.inputType('ReplayWebhookInput', {
  description: 'From where to deliver again.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'The webhook.' }),
    after: t.string({
      required: true,
      description: 'Everything later than this cursor, for as long as events are kept.',
    }),
  }),
});

const WebhookPayload = builder.objectRef<ManagedWebhook>('WebhookPayload').implement({
  description: 'A webhook after a change.',
  fields: (t) => ({
    webhook: t.expose('object', { type: WebhookRef, description: 'The webhook.' }),
    secret: t.exposeString('secret', {
      nullable: true,
      description: 'Of a STANDARD webhook: what its bodies are signed with. Shown once, at creation and rotation.',
    }),
    ...changeAnswer(t),
  }),
});

builder.mutationFields((t) => ({
  createWebhook: t.field({
    type: WebhookPayload,
    nullable: true,
    description: 'Post events to an address, from now on. ADMIN.',
    args: { input: t.arg({ type: CreateWebhookInput, required: true, description: 'The webhook.' }) },
    resolve: (_, { input }, { app, caller }) => createWebhook(app, caller, input),
  }),
  updateWebhook: t.field({
    type: WebhookPayload,
    nullable: true,
    description: 'Change a webhook; what is left out stays as it is. ADMIN.',
    args: { input: t.arg({ type: UpdateWebhookInput, required: true, description: 'The change.' }) },
    resolve: (_, { input }, { app, caller }) => updateWebhook(app, caller, input),
  }),
  rotateWebhookSecret: t.field({
    type: WebhookPayload,
    nullable: true,
    description: 'A new secret; for 24 hours the one before signs beside it. ADMIN.',
    args: { id: t.arg.id({ required: true, description: 'The webhook, in the format STANDARD.' }) },
    resolve: (_, { id }, { app, caller }) => rotateWebhookSecret(app, caller, id),
  }),
  testWebhook: t.field({
    type: WebhookPayload,
    nullable: true,
    description: 'Post a test event now, once; the newest delivery shows how it went. ADMIN.',
    args: { id: t.arg.id({ required: true, description: 'The webhook.' }) },
    resolve: (_, { id }, { app, caller }) => testWebhook(app, caller, id),
  }),
  replayWebhook: t.field({
    type: WebhookPayload,
    nullable: true,
    description: 'Deliver again everything after this cursor, with the same `webhook-id` as before. ADMIN.',
    args: { input: t.arg({ type: ReplayWebhookInput, required: true, description: 'From where.' }) },
    resolve: (_, { input }, { app, caller }) => replayWebhook(app, caller, input),
  }),
  deleteWebhook: t.field({
    type: DeletePayload,
    nullable: true,
    description: 'Post nothing to it any more, and forget it with its deliveries. ADMIN.',
    args: { id: t.arg.id({ required: true, description: 'The webhook.' }) },
    resolve: (_, { id }, { app, caller }) => deleteWebhook(app, caller, id),
  }),
}));
