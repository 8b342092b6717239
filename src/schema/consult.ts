/** A question and its answer in one call. */
import { type Consulted, consult } from '../resolvers/messages/consult.ts';
import { chooseKey } from '../resolvers/send/idempotency.ts';
import { readSendContent } from '../resolvers/send/send-content.ts';
import { builder } from './builder.ts';
import { countSends } from './count-sends.ts';
import { changeAnswer } from './payload.ts';
import { MessageRef, SendLogRef } from './refs.ts';
import { SendContent } from './send.ts';

const ConsultInput = builder.inputType('ConsultInput', {
  description: 'What to send to whom, and how long to wait for the answer.',
  fields: (t) => ({
    accountId: t.id({ required: true, description: 'Who sends.' }),
    to: t.string({
      required: true,
      description: 'One receiver, named as in `send`. Of a chat room the next message is whoever speaks first.',
    }),
    content: t.field({ type: SendContent, required: true, description: 'What to send.' }),
    timeoutMs: t.int({
      required: true,
      defaultValue: 30_000,
      description: 'Milliseconds to wait in all, from 1,000 to 120,000.',
    }),
    idempotencyKey: t.string({
      description:
        'Same key and same input: nothing is sent again, and the reply is the same. Same key, other input: CONFLICT. Kept 7 days. The Idempotency-Key header does the same.',
    }),
  }),
});

const ConsultPayload = builder.objectRef<Consulted>('ConsultPayload').implement({
  description: 'What was sent, and what was answered.',
  fields: (t) => ({
    log: t.expose('log', {
      type: SendLogRef,
      description: 'The line of the send, as it stands. One that is still QUEUED when the time is up goes out later.',
    }),
    reply: t.expose('reply', {
      type: MessageRef,
      nullable: true,
      description: 'The next message of the receiver after the send; null where none came.',
    }),
    timedOut: t.exposeBoolean('timedOut', {
      description: 'True when the time was up; false with a reply, and where the send certainly did not go out.',
    }),
    ...changeAnswer(t),
  }),
});

builder.mutationField('consult', (t) =>
  t.field({
    type: ConsultPayload,
    nullable: true,
    description: 'Send to one receiver and wait for its next message, up to 120 s.',
    args: { input: t.arg({ type: ConsultInput, required: true, description: 'What to send.' }) },
    resolve: (_, { input }, { app, caller, idempotencyKey }, info) =>
      consult(app, caller, {
        ...input,
        content: readSendContent(input.content),
        idempotencyKey: chooseKey(input.idempotencyKey, idempotencyKey, countSends(info)),
      }),
  }),
);
