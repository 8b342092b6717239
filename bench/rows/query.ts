/** A page of the send log over HTTP. */
import { loadHttp, postOf } from '../load/http.ts';
import { installPeers } from '../peers.ts';
import { type Row, interleave, median, ratioLine, show, showAll } from '../row.ts';
import { startServer } from '../server.ts';
import { token } from '../token.ts';

const connections = 32;
const document = '{ logs(first: 50) { nodes { id receiver type status content attempts createdAt } } }';

export const query: Row = {
  name: 'query',
  async run(bench) {
    const ms = bench.quick ? 700 : 3000;
    const gateway = await startServer('gateway', { token });
    const database = await gateway.call<string>('database');
    await gateway.call('createAccounts', 1);
    await gateway.call('fillSendLog', 100);
    const servers = { gateway, bare: await startServer('bare-http', { database }) };
    const withPeers =
      !bench.quick && (await installPeers(bench))
        ? { ...servers, mercurius: await startServer('mercurius', { database }) }
        : servers;
    try {
      bench.say('50 rows over POST');
      const request = postOf('/graphql', JSON.stringify({ query: document }), { authorization: `Bearer ${token}` });
      // Each answers as one that has run for a while: the first thousands of answers are slower, the more so the more code makes them.
      for (const { port } of Object.values(withPeers))
        await loadHttp({ port, connections, request: () => request, warmMs: 0, ms: 2 * ms });
      const measured = await interleave(
        bench.repetitions,
        Object.fromEntries(
          Object.entries(withPeers).map(([name, server]) => [
            name,
            async () => {
              const load = { port: server.port, connections, request: () => request };
              await loadHttp({ ...load, warmMs: 0, ms: ms / 2 });
              const before = await server.call<NodeJS.CpuUsage>('cpu');
              const { perSecond, count } = await loadHttp({ ...load, warmMs: 0, ms });
              const after = await server.call<NodeJS.CpuUsage>('cpu');
              return { perSecond, cpu: (after.user + after.system - before.user - before.system) / count };
            },
          ]),
        ),
      );
      const rate = (name: string) => median(measured[name]!.map((one) => one.perSecond));
      const details = Object.keys(measured).map(
        (name) =>
          `${name}: ${show(rate(name))} a second (${(rate(name) / rate('bare')).toFixed(2)} of bare; runs ${showAll(measured[name]!.map((one) => one.perSecond))}), ${show(median(measured[name]!.map((one) => one.cpu)))} us of the server's CPU each`,
      );
      return [
        ratioLine(
          {
            what: 'query of 50 log rows x 7 fields over POST',
            against: '`node:http` + prepared statement + `JSON.stringify`',
            details,
          },
          rate('gateway') / rate('bare'),
          { atLeast: 0.45 },
        ),
      ];
    } finally {
      for (const server of Object.values(withPeers)) await server.stop();
    }
  },
};
