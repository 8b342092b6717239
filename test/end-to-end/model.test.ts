/** The whole gateway against a model in memory: whatever happens in whatever order, both tell the same. */
import fc from 'fast-check';
import { afterAll, beforeAll, it } from 'vitest';
import {
  type Real,
  cancel,
  compareAll,
  doAndHear,
  leave,
  postAll,
  restart,
  resume,
  send,
  startReal,
  stopReal,
} from './model/account.ts';
import { type Item, type Model, createModel } from './model/model.ts';
import { type Fate, type Upstream, fates, upstreamType } from './model/upstream.ts';
import { pause } from './sending.ts';
import { type Stack, movableClock, startStack } from './stack.ts';

const clock = movableClock();
const upstreams = new Map<string, Upstream>();
let stack: Stack;
beforeAll(async () => {
  const drivers = { OPENWX: upstreamType(upstreams, clock.now) };
  stack = await startStack({ simulator: { accounts: 0 }, overrides: { clock, drivers } });
});
afterAll(() => stack.stop());

type Command = fc.AsyncCommand<Model, Real>;
const command = (
  words: string,
  run: (model: Model, real: Real) => Promise<void>,
  check: (model: Readonly<Model>) => boolean = () => true,
): Command => ({ run, check, toString: () => words });

const people = ['alice', 'bob'] as const;
const person = fc.constantFrom(...people);
const place = fc.nat(7);

/** One body with one to four messages: new ones, copies, richer and poorer ones, revokes, echoes. */
const item: fc.Arbitrary<Item> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant('message' as const),
      n: place,
      richness: fc.integer({ min: 1, max: 3 }),
      from: person,
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('revoke' as const), n: place, from: person }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('echo' as const), n: place }) },
);
const posting = fc.array(item, { minLength: 1, maxLength: 4 }).map((items) =>
  command(`post ${JSON.stringify(items)}`, async (model, real) => {
    const posted = model.posts(items);
    if (posted.length === 0) return;
    await doAndHear(model, real, model.receive(posted), () => postAll(real, posted));
  }),
);

const sent = (text: string, to: string, fate: Fate): Command =>
  command(`send ${text} to ${to}, ${fate}`, async (model, real) => {
    await doAndHear(model, real, model.send(text, to, fate), () => send(real, text, to));
  });
const sending = fc
  .tuple(fc.constantFrom('a', 'b'), person, fc.constantFrom<Fate>(...fates))
  .map((given) => sent(...given));

const cancelling = place.map((n) =>
  command(
    `cancel ${n}`,
    async (model, real) => {
      // The newest ones are those that may still wait.
      const at = model.lines.length - 1 - (n % model.lines.length);
      const planned = model.cancel(at);
      await doAndHear(model, real, planned ?? [], () => cancel(real, at, planned !== null));
    },
    ({ lines }) => lines.length > 0,
  ),
);

const pausing = fc
  .boolean()
  .map((paused) =>
    command(paused ? 'pause' : 'go on', (model, real) =>
      doAndHear(model, real, model.pause(paused), () => pause(stack, real.id, paused)),
    ),
  );

const passingTime = fc.constant(
  command(
    'two minutes pass',
    (model, real) =>
      doAndHear(model, real, model.passTime(), async () => {
        // Not while a send is being taken, which has looked at the clock already: the lane sleeps for a minute where nothing may go.
        for (let step = 0; step < 2; step += 1) {
          await Promise.all([clock.asleep(1_000, 1), clock.asleep(60_000, 1)]);
          clock.moveOn(60_500);
        }
      }),
    (model) => model.isEchoed(),
  ),
);

const coming = fc.tuple(fc.constantFrom(1, 2), fc.boolean()).map(([n, stays]) =>
  command(`subscriber ${n} ${stays ? 'resumes' : 'leaves'}`, async (_, { subscribers }) => {
    await (stays ? resume : leave)(subscribers[n]!);
  }),
);

const restarting = fc.constant(command('restart', (model, real) => doAndHear(model, real, [], () => restart(real))));

/** Sequences that once found a fault. */
const examples: [Command[]][] = [
  // The first was accepted before its receiver was known, and its twin did not wait for it.
  [[sent('a', 'bob', 'LOST'), sent('b', 'bob', 'ECHO_FIRST'), sent('a', 'bob', 'TAKEN')]],
];

const isLong = process.env['WXGRAPH_TEST_LONG'] === '1';
const numRuns = isLong ? 2_000 : 25;

it(
  `in up to ${numRuns} sequences of posts, copies, revokes, echoes, sends, cancels, pauses, restarts and resumes the gateway differs from its model`,
  async () => {
    const commands = fc.commands(
      [
        posting,
        posting,
        posting,
        posting,
        sending,
        sending,
        sending,
        cancelling,
        pausing,
        coming,
        coming,
        passingTime,
        restarting,
      ],
      { maxCommands: 60, size: 'max' },
    );
    await fc.assert(
      fc.asyncProperty(commands, async (sequence) => {
        const real = await startReal(stack, upstreams);
        try {
          const model = createModel();
          await fc.asyncModelRun(() => ({ model, real }), sequence);
          await compareAll(model, real);
        } finally {
          await stopReal(real);
        }
      }),
      { numRuns, examples, interruptAfterTimeLimit: isLong ? 1_800_000 : 8_000 },
    );
  },
  isLong ? 2_000_000 : 60_000,
);
