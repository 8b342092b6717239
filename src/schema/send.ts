/** Sends: jobs and their lines. */
import type { SendLog } from '../resolvers/shapes.ts';
import { cancelJob, cancelSend } from '../resolvers/send/cancel-sends.ts';
import { readSendLogPlace, readTrouble } from '../resolvers/send/read-send-place.ts';
import { resendMessage } from '../resolvers/send/resend-message.ts';
import { showId } from '../resolvers/ids.ts';
import { readLogs, readLogsOfJob, readSendJob, readSendLog } from '../resolvers/send/read-logs.ts';
import { showSeq } from '../resolvers/events/read-events.ts';
import { chooseKey } from '../resolvers/send/idempotency.ts';
import { type SentJob, sendMessage } from '../resolvers/send/send-message.ts';
import {
  type MediaInput,
  readSendContent,
  type SendContentInput,
  showContent,
} from '../resolvers/send/send-content.ts';
import { type SendFrame, watchSends } from '../resolvers/events/watch-sends.ts';
import { certain } from '../resolvers/loader.ts';
import { builder } from './builder.ts';
import { countSends } from './count-sends.ts';
import { ConfirmationEnum, ErrorCodeEnum, SendStatusEnum, SendTypeEnum } from './enums.ts';
import { NodeInterface } from './node.ts';
import { pageArgs } from './page-args.ts';
import { changeAnswer } from './payload.ts';
import { madeOf, wantedOf } from './wanted.ts';
import { AccountRef, ContactRef, LogFilter, MessageRef, SendJobRef, SendLogConnection, SendLogRef } from './refs.ts';

const ofLog = madeOf<SendLog>();

SendLogRef.implement({
  description: 'One line of the send log: one message from one account to one receiver.',
  interfaces: [NodeInterface],
  fields: (t) => ({
    id: t.id({
      description: 'log_ and the number that REST shows.',
      ...ofLog(['id'], ({ id }) => showId('log', id)),
    }),
    account: t.field({
      type: AccountRef,
      description: 'Who sends.',
      ...ofLog(['accountId'], (log, _, { loaders }) => certain(loaders.account.load(log.accountId))),
    }),
    job: t.field({
      type: SendJobRef,
      description: 'The send that it is a line of.',
      ...ofLog(['jobId'], (log, _, { loaders }) => certain(loaders.job.load(log.jobId))),
    }),
    receiver: t.exposeString('receiver', { description: 'The receiver as it was given or by default.' }),
    receiverContact: t.field({
      type: ContactRef,
      nullable: true,
      description: 'The receiver, where it is a contact.',
      ...ofLog(['receiverContactId'], ({ receiverContactId: id }, _, { loaders }) =>
        id === null ? null : loaders.contact.load(id),
      ),
    }),
    type: t.expose('type', { type: SendTypeEnum, description: 'What it carries.' }),
    content: t.string({
      description: "The text, or the file's name.",
      ...ofLog(['content'], ({ content }) => showContent(content)),
    }),
    status: t.expose('status', { type: SendStatusEnum, description: 'Where it stands.' }),
    confirmedBy: t.expose('confirmedBy', {
      type: ConfirmationEnum,
      nullable: true,
      description: 'What proves that it is SENT.',
    }),
    errorCode: t.field({
      type: ErrorCodeEnum,
      nullable: true,
      description: 'Why it is not SENT; of one that is QUEUED, what holds it.',
      resolve: async (log, _, { app, loaders }) => (await readTrouble(app, loaders, log)).code,
    }),
    errorMessage: t.string({
      nullable: true,
      description: 'Why it is not SENT, in words; of one that is QUEUED, what holds it.',
      resolve: async (log, _, { app, loaders }) => (await readTrouble(app, loaders, log)).message,
    }),
    attempts: t.exposeInt('attempts', { description: 'How often it was given to the upstream, or tried to be.' }),
    responseTimeMs: t.exposeInt('responseTimeMs', {
      nullable: true,
      description: "Milliseconds that the upstream's answer took.",
    }),
    position: t.int({
      nullable: true,
      description: 'How many sends of this account are to be dispatched before it; null once it is not QUEUED.',
      resolve: async (log, _, { loaders }) => (await readSendLogPlace(loaders, log))?.position ?? null,
    }),
    estimatedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When it is due by the pacing; null once it is not QUEUED, and while nothing is sent.',
      resolve: async (log, _, { loaders }) => (await readSendLogPlace(loaders, log))?.estimatedAt ?? null,
    }),
    message: t.field({
      type: MessageRef,
      nullable: true,
      description: 'The message as it came back from WeChat, once known.',
      ...ofLog(['messageSeq'], ({ messageSeq: seq }, _, { loaders }) =>
        seq === null ? null : loaders.message.load(seq),
      ),
    }),
    resendOf: t.field({
      type: SendLogRef,
      nullable: true,
      description: 'The line whose content this sends again.',
      ...ofLog(['resendOf'], ({ resendOf: id }, _, { loaders }) => (id === null ? null : loaders.log.load(id))),
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was accepted.' }),
    dispatchedAt: t.expose('dispatchedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was given to the upstream.',
    }),
    settledAt: t.expose('settledAt', { type: 'DateTime', nullable: true, description: 'When its outcome came.' }),
    cursor: t.string({
      description: 'Position of its latest change.',
      ...ofLog(['cursor'], (log, _, { app }) => showSeq(app, log.cursor)),
    }),
  }),
});

SendJobRef.implement({
  description: 'Everything that one `send` asked for. total is the sum of the other counts.',
  interfaces: [NodeInterface],
  fields: (t) => ({
    id: t.id({ description: 'Opaque.', resolve: (job) => showId('job', job.id) }),
    total: t.exposeInt('total', { description: 'Lines in all.' }),
    pendingCount: t.exposeInt('pending', { description: 'QUEUED or DISPATCHING.' }),
    successCount: t.exposeInt('success', { description: 'SENT.' }),
    failedCount: t.exposeInt('failed', { description: 'FAILED.' }),
    unknownCount: t.exposeInt('unknown', { description: 'UNKNOWN or UNRESOLVED.' }),
    droppedCount: t.exposeInt('dropped', { description: 'CANCELLED or EXPIRED.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was accepted.' }),
    logs: t.field({
      type: SendLogConnection,
      nullable: true,
      description: 'Its lines, in the order of targets and receivers.',
      args: { filter: t.arg({ type: LogFilter, description: 'Which ones.' }), ...pageArgs },
      resolve: (job, { filter, ...page }, { app, caller, loaders }, info) =>
        readLogsOfJob(app, caller, loaders, job.id, filter, { ...page, ...wantedOf<SendLog>(info) }),
    }),
  }),
});

LogFilter.implement({
  description: 'Which lines; everything that is given must hold. An empty list matches nothing.',
  fields: (t) => ({
    accountIds: t.idList({ description: 'Of one of these accounts.' }),
    jobIds: t.idList({ description: 'Of one of these jobs.' }),
    statuses: t.field({ type: [SendStatusEnum], description: 'With one of these statuses.' }),
    types: t.field({ type: [SendTypeEnum], description: 'Carrying one of these.' }),
    receivers: t.stringList({ description: 'To one of these receivers, as they were given.' }),
    search: t.string({ description: 'In content and receiver.' }),
    since: t.field({ type: 'DateTime', description: 'Accepted at this time or later.' }),
    until: t.field({ type: 'DateTime', description: 'Accepted before this time.' }),
  }),
});

const MediaInputType = builder.inputRef<MediaInput>('MediaInput').implement({
  description:
    'Where the gateway takes media from: exactly one of these. It does so once, before the send is accepted; at most `Gateway.maxUploadBytes`.',
  isOneOf: true,
  fields: (t) => ({
    mediaId: t.id({
      description:
        'Media that was uploaded with POST /media, or received. What is not there (yet) is NOT_READY. An upload is seen by the token that made it, and by those that see every account.',
    }),
    url: t.string({
      description:
        'An http(s) address. URL_NOT_ALLOWED for one in a private network, unless WXGRAPH_ALLOW_HOSTS names its host; to be had within 30 seconds.',
    }),
    path: t.string({
      description:
        "A path inside the gateway's media folders (WXGRAPH_MEDIA_ROOTS), absolute or relative to one of them. PATH_NOT_ALLOWED for what is no file there.",
    }),
    upstreamPath: t.string({
      description: "A path on the upstream's own disk, given to it as it is. E云 has none.",
    }),
  }),
});

export const SendContent = builder.inputRef<SendContentInput>('SendContent').implement({
  description: 'Exactly one of these.',
  isOneOf: true,
  fields: (t) => ({
    text: t.string({ description: '1 to 16,384 characters.' }),
    image: t.field({ type: MediaInputType, description: 'A picture; one that moves where it is a GIF.' }),
    file: t.field({ type: MediaInputType, description: 'Any file, under its name.' }),
    video: t.field({ type: MediaInputType, description: 'A video.' }),
    voice: t.field({
      type: MediaInputType,
      description: 'A voice message: SILK, or of an E云 account also AMR; other formats are refused by the driver.',
    }),
  }),
});

const SendInput = builder.inputType('SendInput', {
  description: 'What to send, from whom and to whom.',
  fields: (t) => ({
    targets: t.idList({
      required: true,
      description: 'Accounts and groups to send from, by id; an account that comes up twice sends once.',
    }),
    to: t.stringList({
      description:
        "Receivers: Contact ids, wxids, chat room ids, aliases, or a name that one contact alone has (several: AMBIGUOUS_RECEIVER, nothing is sent); what matches nothing is passed on as it is. Each target account's own default receiver where this is left out.",
    }),
    content: t.field({ type: SendContent, required: true, description: 'What to send.' }),
    mentions: t.stringList({ description: 'wxids to mention in a chat room; "notify@all" for everyone.' }),
    sendAt: t.field({ type: 'DateTime', description: 'Not before this time; at once where it is left out.' }),
    expiresAt: t.field({ type: 'DateTime', description: 'EXPIRED instead of sent after this time.' }),
    idempotencyKey: t.string({
      description:
        'Same key and same input: the same job, whatever its state. Same key, other input: CONFLICT. Kept 7 days. 1 to 255 characters. The Idempotency-Key header does the same.',
    }),
    waitMs: t.int({
      required: true,
      defaultValue: 5000,
      description:
        'Answer when every send has its outcome, or after this many milliseconds, up to 30,000; 0 answers at once.',
    }),
  }),
});

const SendPayload = builder.objectRef<SentJob>('SendPayload').implement({
  description: 'What a send has come to so far.',
  fields: (t) => ({
    job: t.expose('job', { type: SendJobRef, description: 'The job.' }),
    ...changeAnswer(t),
  }),
});

const SendLogPayload = builder.objectRef<{ log: SendLog; seq: number }>('SendLogPayload').implement({
  description: 'What has become of a line.',
  fields: (t) => ({
    log: t.expose('log', { type: SendLogRef, description: 'The line.' }),
    ...changeAnswer(t),
  }),
});

const ResendInput = builder.inputType('ResendInput', {
  description: 'What to send again.',
  fields: (t) => ({
    logId: t.id({ required: true, description: 'The line whose content, account and receiver the new send has.' }),
    acknowledgeDuplicateRisk: t.boolean({
      required: true,
      defaultValue: false,
      description: 'Needed for a line that may have been sent (UNKNOWN, UNRESOLVED).',
    }),
    idempotencyKey: t.string({ description: 'As of `send`.' }),
    waitMs: t.int({ required: true, defaultValue: 5000, description: 'As of `send`.' }),
  }),
});

builder.queryFields((t) => ({
  sendLog: t.field({
    type: SendLogRef,
    nullable: true,
    description: 'One line of the send log.',
    args: { id: t.arg.id({ required: true, description: 'Such as log_17.' }) },
    resolve: (_, { id }, { app, caller }) => readSendLog(app, caller, id),
  }),
  logs: t.field({
    type: SendLogConnection,
    nullable: true,
    description: 'The send log, newest first.',
    args: { filter: t.arg({ type: LogFilter, description: 'Which lines.' }), ...pageArgs },
    resolve: (_, { filter, ...page }, { app, caller }, info) =>
      readLogs(app, caller, filter, { ...page, ...wantedOf<SendLog>(info) }),
  }),
  sendJob: t.field({
    type: SendJobRef,
    nullable: true,
    description: 'One job.',
    args: { id: t.arg.id({ required: true, description: 'Such as job_17.' }) },
    resolve: (_, { id }, { app, caller }) => readSendJob(app, caller, id),
  }),
}));

builder.mutationFields((t) => ({
  send: t.field({
    type: SendPayload,
    nullable: true,
    description:
      'Send one message from accounts to receivers. Every line is stored durably before the first goes out, and goes out at most once.',
    args: { input: t.arg({ type: SendInput, required: true, description: 'What to send.' }) },
    resolve: (_, { input }, { app, caller, idempotencyKey }, info) =>
      sendMessage(app, caller, {
        ...input,
        content: readSendContent(input.content),
        idempotencyKey: chooseKey(input.idempotencyKey, idempotencyKey, countSends(info)),
      }),
  }),
  cancelSend: t.field({
    type: SendLogPayload,
    nullable: true,
    description: 'Take back a line that is QUEUED; any other is CONFLICT.',
    args: { logId: t.arg.id({ required: true, description: 'The line.' }) },
    resolve: (_, { logId }, { app, caller }) => cancelSend(app, caller, logId),
  }),
  cancelJob: t.field({
    type: SendPayload,
    nullable: true,
    description: 'Take back every line of a send that is still QUEUED.',
    args: { jobId: t.arg.id({ required: true, description: 'The job.' }) },
    resolve: (_, { jobId }, { app, caller }) => cancelJob(app, caller, jobId),
  }),
  resend: t.field({
    type: SendPayload,
    nullable: true,
    description:
      'A new send with the content of an old one. CONFLICT for one that is on its way, and, without `acknowledgeDuplicateRisk`, for one whose outcome is unknown.',
    args: { input: t.arg({ type: ResendInput, required: true, description: 'Which.' }) },
    resolve: (_, { input }, { app, caller, idempotencyKey }, info) =>
      resendMessage(app, caller, {
        ...input,
        idempotencyKey: chooseKey(input.idempotencyKey, idempotencyKey, countSends(info)),
      }),
  }),
}));

builder.subscriptionField('sendUpdated', (t) =>
  t.field({
    type: SendLogRef,
    description: 'Each step of each send. With `after` everything later than that cursor first.',
    args: {
      jobIds: t.arg.idList({ description: 'Of one of these jobs.' }),
      accountIds: t.arg.idList({ description: 'Of one of these accounts.' }),
      after: t.arg.string({ description: 'Everything later than this cursor first.' }),
    },
    subscribe: (_, args, { app, caller }) => watchSends(app, caller, args),
    resolve: (frame: SendFrame) => frame.log,
  }),
);
