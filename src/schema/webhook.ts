/** Where events are posted to. */
import { showId } from '../resolvers/ids.ts';
import { showSeq } from '../resolvers/events/read-events.ts';
import { readDeliveries, readLag, readWebhooks } from '../resolvers/webhooks/read-webhooks.ts';
import type { WebhookDelivery } from '../resolvers/shapes.ts';
import { builder } from './builder.ts';
import { connectionType } from './connection.ts';
import { DeliveryStatusEnum, EventTypeEnum, WebhookFormatEnum } from './enums.ts';
import { NodeInterface } from './node.ts';
import { pageArgs } from './page-args.ts';
import { WebhookRef } from './refs.ts';

const WebhookDeliveryRef = builder.objectRef<WebhookDelivery>('WebhookDelivery').implement({
  description: 'One body that is posted to a webhook, until it arrived or was given up.',
  fields: (t) => ({
    id: t.id({ description: 'Opaque.', resolve: (delivery) => `del_${delivery.id}` }),
    eventCursor: t.string({
      description: "The event's position; of a test the log's end at that time.",
      resolve: (delivery, _, { app }) => showSeq(app, delivery.seq),
    }),
    messageId: t.exposeString('messageId', {
      description: 'The header `webhook-id`: the same at each attempt, and when the event is delivered again.',
    }),
    status: t.expose('status', { type: DeliveryStatusEnum, description: 'How it stands.' }),
    attempts: t.exposeInt('attempts', { description: 'How many times it was tried.' }),
    responseStatus: t.exposeInt('responseStatus', {
      nullable: true,
      description: "The HTTP status of the last attempt's answer; null where there was none.",
    }),
    error: t.exposeString('error', {
      nullable: true,
      description: 'What was wrong with the last attempt, or with the reply that it was answered.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
    nextAttemptAt: t.expose('nextAttemptAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it is tried again, while FAILED.',
    }),
  }),
});

const WebhookDeliveryConnection = connectionType('WebhookDelivery', WebhookDeliveryRef);

WebhookRef.implement({
  description: 'An address that events are posted to. ADMIN.',
  interfaces: [NodeInterface],
  fields: (t) => ({
    id: t.id({ description: 'Opaque.', resolve: (webhook) => showId('webhook', webhook.id) }),
    url: t.exposeString('url', { description: 'Where to.' }),
    format: t.expose('format', { type: WebhookFormatEnum, description: 'In which shape.' }),
    types: t.expose('types', { type: [EventTypeEnum], nullable: true, description: 'Of these types only; null: all.' }),
    accountIds: t.idList({
      nullable: true,
      description: 'Of these accounts only; null: every account.',
      resolve: (webhook) => webhook.accountIds?.map((id) => showId('account', id)) ?? null,
    }),
    token: t.field({
      type: 'ID',
      nullable: true,
      description: 'The token that set it for itself by a call of an old system, and with which it ends; null: none.',
      resolve: ({ tokenId }) => (tokenId === null ? null : showId('token', tokenId)),
    }),
    enabled: t.exposeBoolean('enabled', {
      description: 'False: nothing is posted; what happens meanwhile is posted when it is switched on again.',
    }),
    allowReply: t.exposeBoolean('allowReply', {
      description: 'OPENWX: what the receiver answers as `reply` or `media` is sent to the chat.',
    }),
    events: t.exposeStringList('events', {
      nullable: true,
      description: 'OPENWX: names of the events that are posted; null: the documented default.',
    }),
    mediaData: t.exposeBoolean('mediaData', { description: 'OPENWX: pictures are posted as base64 too.' }),
    pollUrl: t.exposeString('pollUrl', { nullable: true, description: 'OPENWX: the address that is asked.' }),
    failing: t.exposeBoolean('failing', {
      description: 'From a failed attempt until one works and nothing waits to be tried again.',
    }),
    lastError: t.exposeString('lastError', {
      nullable: true,
      description: 'What was wrong with the last attempt that failed.',
    }),
    lag: t.int({
      description: 'How many events it is behind, counted up to 100,000.',
      resolve: (webhook, _, { app, loaders }) => readLag(app, loaders, webhook),
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
    deliveries: t.field({
      type: WebhookDeliveryConnection,
      nullable: true,
      description:
        'Newest first. Of those that arrived the newest thousand are kept, of those that were given up the newest ten thousand, and none for longer than events are.',
      args: {
        statuses: t.arg({ type: [DeliveryStatusEnum], description: 'These only.' }),
        ...pageArgs,
      },
      resolve: (webhook, args, { app, loaders }) => readDeliveries(app, loaders, webhook, args),
    }),
  }),
});

const WebhookConnection = connectionType('Webhook', WebhookRef);

builder.queryFields((t) => ({
  webhooks: t.field({
    type: WebhookConnection,
    nullable: true,
    description: 'By creation. ADMIN.',
    args: { ...pageArgs },
    resolve: (_, args, { app, caller }) => readWebhooks(app, caller, args),
  }),
}));
