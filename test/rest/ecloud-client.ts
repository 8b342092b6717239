/** A client of E云's API, as real ones are written: POST, JSON, the bare Authorization, ids with all their digits. */
import { parseJson } from '../../src/lossless-json.ts';
import { adminToken } from '../end-to-end/stack.ts';

// oxlint-disable-next-line typescript/no-explicit-any -- answers are asserted on, not typed
export type EcloudAnswer = { status: number; text: string; code: string; message: string; data: any };

export type EcloudAsk = (
  route: string,
  body?: unknown,
  options?: { token?: string | null; headers?: Record<string, string> },
) => Promise<EcloudAnswer>;

/** An object as a body is sent as JSON, text as it is. */
export function ecloudClient(url: () => string): EcloudAsk {
  return async (route, body = {}, { token = adminToken, headers = {} } = {}) => {
    const answer = await fetch(`${url()}/${route}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token !== null && { authorization: token }), ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    const text = await answer.text();
    return { status: answer.status, text, ...(parseJson(text) as { code: string; message: string; data: unknown }) };
  };
}
