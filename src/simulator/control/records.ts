/** The control API: how everything stands, what was asked, posted and sent, and what goes wrong. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Actions } from './action.ts';
import { describeAccount } from './accounts.ts';
import type { Simulator } from '../simulator.ts';
import type { Content } from '../wechat.ts';

const common = {
  account: z.union([z.number().int(), z.string()]).optional(),
  times: z.number().int().min(1).optional(),
};
const ms = z.number().min(0);
const route = z.string().optional();
const faultInput = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('repeat'), copies: z.number().int().min(1).optional(), ...common }),
  z.strictObject({ type: z.literal('delay'), ms, ...common }),
  z.strictObject({ type: z.literal('reorder'), size: z.number().int().min(2).optional(), ...common }),
  z.strictObject({
    type: z.literal('refuse'),
    ret: z.number().int().optional(),
    text: z.string().optional(),
    tries: z.number().int().min(1).optional(),
    to: z.string().optional(),
    ...common,
  }),
  z.strictObject({ type: z.enum(['timeout-after-send', 'timeout-before-send']), ms: ms.optional(), ...common }),
  z.strictObject({ type: z.enum(['reset', 'hang']), route, ...common }),
  z.strictObject({
    type: z.enum(['garbage', 'error']),
    route,
    status: z.int().min(200).max(599).optional(),
    ...common,
  }),
  z.strictObject({ type: z.enum(['slow', 'drip']), route, ms, ...common }),
  z.strictObject({ type: z.literal('logout'), next: z.enum(['scan', 'stop']).optional(), ...common }),
  z.strictObject({ type: z.enum(['drop', 'silence', 'die', 'reset-after-send', 'reset-before-send']), ...common }),
]);

function state(simulator: Simulator): object {
  const { driven, requests, posts, delivered, controllerUrl } = simulator;
  return {
    accounts: driven.map((account) => describeAccount(simulator, account)),
    controllerUrl,
    faults: simulator.faults().map(({ id, fault }) => ({ id, ...fault })),
    counts: { requests: requests.length, posts: posts.length, delivered: delivered.length },
  };
}

/** Of media, what tells them from others; the bytes themselves would be long. */
function mediaOf(content: Content): object {
  if (content.type !== 'media') return {};
  const { media, name, bytes } = content;
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { media: { kind: media, name, size: bytes.length, sha256 } };
}

export const recordActions: Actions = {
  'GET state': state,
  'GET requests': ({ requests }) => requests,
  'GET posts': ({ posts }) => posts,
  'GET delivered': ({ delivered }) =>
    delivered.map(({ content, ...rest }) => ({ ...rest, type: content.type, ...mediaOf(content) })),
  'DELETE records': (simulator) => simulator.forget(),
  'POST faults': (simulator, { body }) => ({ id: simulator.fault(faultInput.parse(body)).id }),
  'DELETE faults': (simulator) => simulator.clearFaults(),
  'DELETE faults *': (simulator, { path }) => simulator.clearFaults(Number(path[1])),
};
