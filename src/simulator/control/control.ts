/** The control API: JSON over HTTP to look at a simulator and to make things happen in it. */
import http from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import { accountActions } from './accounts.ts';
import { type Action, type Actions, ControlError } from './action.ts';
import { recordActions } from './records.ts';
import { worldActions } from './world.ts';
import type { DrivenAccount } from '../driven-account.ts';
import type { Simulator } from '../simulator.ts';

export type Control = { url: string; stop: () => Promise<void> };

const actions: Actions = { ...recordActions, ...worldActions, ...accountActions };

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  if (text.trim() === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new ControlError(400, 'the body is not JSON');
  }
}

function actionFor(method: string, path: readonly string[]): Action | undefined {
  const wild = path.map((part, at) => (at === 1 ? '*' : part));
  const names = [path, wild].map((parts) => `${method} ${parts.join(' ')}`);
  return actions[names.find((name) => Object.hasOwn(actions, name)) ?? ''];
}

async function act(simulator: Simulator, request: IncomingMessage): Promise<unknown> {
  const path = new URL(request.url ?? '/', 'http://localhost').pathname.split('/').filter((part) => part !== '');
  const [root, ...rest] = path.map(decodeURIComponent);
  const action = root === 'control' ? actionFor(request.method ?? 'GET', rest) : undefined;
  if (action === undefined) throw new ControlError(404, `no such control: ${request.method} ${request.url}`);
  const account = (): DrivenAccount => {
    const found = simulator.driven.find(({ number, wxid }) => String(number) === rest[1] || wxid === rest[1]);
    if (found === undefined) throw new ControlError(404, `no account ${rest[1]}`);
    return found;
  };
  return await action(simulator, { account, body: await readBody(request), path: rest });
}

/** Ids that are numbers at E云 are texts here, with all their digits. */
function withDigits(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}

function failureOf(error: unknown): { status: number; text: string } {
  if (error instanceof ControlError) return { status: error.status, text: error.message };
  if (error instanceof z.ZodError) return { status: 400, text: z.prettifyError(error) };
  return { status: 400, text: error instanceof Error ? error.message : String(error) };
}

/** Serves the control API of a simulator. */
export async function startControl(simulator: Simulator, host: string, port: number): Promise<Control> {
  const server = http.createServer((request, response) => {
    const reply = (status: number, value: unknown): void => {
      const text = JSON.stringify(value ?? { ok: true }, withDigits);
      response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(`${text}\n`);
    };
    const serve = async (): Promise<void> => {
      try {
        const value = await act(simulator, request);
        if (Buffer.isBuffer(value)) response.writeHead(200, { 'content-type': 'image/png' }).end(value);
        else reply(200, value);
      } catch (error) {
        const { status, text } = failureOf(error);
        reply(status, { error: text });
      }
    };
    void serve();
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return {
    url: `http://${host}:${(server.address() as AddressInfo).port}/control`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
