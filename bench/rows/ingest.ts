/** Callbacks: how many are stored durably and answered, and how soon subscribers have them. */
import { type Connection, loadHttp, openConnection, postOf } from '../load/http.ts';
import { openSubscribers } from '../load/subscribers.ts';
import { type Line, type Row, interleave, median, quantile, ratioLine, show, showAll } from '../row.ts';
import { type Server, startServer } from '../server.ts';
import { token } from '../token.ts';

const accounts = 20;
const connections = 64;

export const ingest: Row = {
  name: 'ingest',
  async run(bench) {
    const ms = bench.quick ? 700 : 4000;
    const gateway = await startServer('gateway', { token });
    const bare = await startServer('bare-http');
    try {
      const paths = await gateway.call<string[]>('createAccounts', accounts);
      const bodies = callbackBodies(paths);
      const bareBodies = callbackBodies(paths.map(() => '/callback'));
      bench.say(`callbacks over ${connections} connections`);
      const measured = await interleave(bench.repetitions, {
        gateway: () => measure(gateway, bodies, ms),
        bare: () => measure(bare, bareBodies, ms),
      });
      const rate = (name: 'gateway' | 'bare') => median(measured[name].map((one) => one.perSecond));
      const cpu = (name: 'gateway' | 'bare') => median(measured[name].map((one) => one.cpu));
      const details = (['gateway', 'bare'] as const).map(
        (name) =>
          `${name}: ${show(rate(name))} a second (runs ${showAll(measured[name].map((one) => one.perSecond))}), ${show(cpu(name))} us of the server's CPU each, which was busy ${show((cpu(name) * rate(name)) / 1e4)} % of the time`,
      );
      return [
        ratioLine(
          {
            what: `callbacks stored durably (FULL) and answered, ${connections} connections, 10 % repeats`,
            against: 'bare `node:http` that stores nothing',
            details,
          },
          rate('gateway') / rate('bare'),
          { atLeast: 0.45 },
        ),
      ];
    } finally {
      await gateway.stop();
      await bare.stop();
    }
  },
};

async function measure(
  server: Server,
  request: (n: number) => Buffer,
  ms: number,
): Promise<{ perSecond: number; cpu: number }> {
  // Half of it warms up.
  await loadHttp({ port: server.port, connections, warmMs: 0, ms: ms / 2, request });
  const before = await server.call<NodeJS.CpuUsage>('cpu');
  const { perSecond, count } = await loadHttp({ port: server.port, connections, warmMs: 0, ms, request });
  const after = await server.call<NodeJS.CpuUsage>('cpu');
  return { perSecond, cpu: (after.user + after.system - before.user - before.system) / count };
}

/** Requests in the form of E云; every tenth repeats one that was sent a little before. */
function callbackBodies(paths: readonly string[]): (n: number) => Buffer {
  const digits = 19;
  const templates = paths.map((path, account) => {
    const bytes = callback(path, account, '1'.repeat(digits), '你好，明天下午三点在老地方见，别忘了带上文件和合同');
    return { bytes, at: bytes.indexOf('1'.repeat(digits)) };
  });
  let fresh = 0;
  return (n) => {
    const number = n % 10 === 9 ? Math.max(1, fresh - 70) : (fresh += 1);
    const { bytes, at } = templates[number % templates.length]!;
    const request = Buffer.from(bytes);
    request.write(String(2_000_000_000_000_000_000n + BigInt(number)), at, 'latin1');
    return request;
  };
}

function callback(path: string, account: number, id: string, content: string): Buffer {
  const self = `wxid_self${account}`;
  const body =
    `{"account":"17200000000","data":{"content":"${content}","fromUser":"wxid_friend${account}","msgId":1234567890,` +
    `"newMsgId":${id},"self":false,"timestamp":1792000000,"toUser":"${self}","wId":"0000016f-a2aa-4cc4-0000-0000000000aa"},` +
    `"messageType":"60001","wcId":"${self}"}`;
  return postOf(path, body);
}

const perSecond = 500;
const listeners = 100;

export const latency: Row = {
  name: 'latency',
  async run(bench) {
    const seconds = bench.quick ? 1 : 10;
    const gateway = await startServer('gateway', { token });
    try {
      const paths = await gateway.call<string[]>('createAccounts', accounts);
      bench.say(`${perSecond} callbacks a second to ${listeners} subscribers`);
      const p50s: number[] = [];
      const p99s: number[] = [];
      for (let repetition = 0; repetition < bench.repetitions; repetition += 1) {
        const { p50, p99 } = await follow(gateway.port, paths, seconds * perSecond, repetition);
        p50s.push(p50);
        p99s.push(p99);
      }
      const p99 = median(p99s);
      const line: Line = {
        what: `callback to subscriber, at ${perSecond} a second with ${listeners} subscribers: p99`,
        against: '-',
        reach: '≤ 50 ms',
        measured: `${show(p99)} ms`,
        reached: p99 <= 50,
        details: [
          `from the moment at which each callback was due; p50 ${show(median(p50s))} ms; p99 of the runs ${showAll(p99s)} ms`,
        ],
      };
      return [line];
    } finally {
      await gateway.stop();
    }
  },
};

/** Posts at an even pace, and hears when each arrives at each subscriber. */
async function follow(
  port: number,
  paths: readonly string[],
  count: number,
  repetition: number,
): Promise<{ p50: number; p99: number }> {
  const due = new Float64Array(count);
  const late: number[] = [];
  const mark = Buffer.from('"text":"m');
  const clients = await openSubscribers({
    port,
    count: listeners,
    token,
    subscriptions: () => [{ query: 'subscription { messageReceived { id text sentAt account { id } } }' }],
    hear: (_, bytes, from, to) => {
      const at = bytes.indexOf(mark, from) + mark.length;
      if (at < mark.length || at >= to) throw new Error('a frame without its mark');
      const number = Number(bytes.toString('latin1', at, at + 6));
      late.push(performance.now() - due[number]!);
    },
  });
  const idle: Connection[] = Array.from({ length: connections }, () => openConnection(port));
  const all = [...idle];
  try {
    // Each is there before the first one counts.
    await new Promise((resolve) => setTimeout(resolve, 300));
    const reached = clients.reach(count * listeners, count * 4 + 10_000);
    const from = performance.now() + 10;
    const post = async (n: number): Promise<void> => {
      const connection = idle.pop() ?? openConnection(port);
      if (!all.includes(connection)) all.push(connection);
      const account = n % paths.length;
      const id = String(3_000_000_000_000_000_000n + BigInt(repetition * 1_000_000 + n));
      await connection.ask(callback(paths[account]!, account, id, `m${String(n).padStart(6, '0')} 你好`));
      idle.push(connection);
    };
    const posts: Promise<void>[] = [];
    for (let n = 0; n < count;) {
      const now = performance.now();
      for (; n < count && from + (n * 1000) / perSecond <= now; n += 1) {
        due[n] = from + (n * 1000) / perSecond;
        posts.push(post(n));
      }
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await Promise.all([...posts, reached]);
  } finally {
    clients.close();
    for (const connection of all) connection.close();
  }
  return { p50: quantile(late, 0.5), p99: quantile(late, 0.99) };
}
