import { DriverError } from '../../drivers/driver.ts';
import type { MediaBody } from '../../drivers/media.ts';
import { WebFetchError, webFetch } from '../../web-fetch.ts';
import type { App } from '../app.ts';

const maxBytes = 100 * 1024 * 1024;

/**
 * What lies at an address that an account's upstream told: within the gateway's limits, and in no private network but at the
 * upstream itself (`baseUrl`) and where WXGRAPH_ALLOW_HOSTS says so. Throws `DriverError`, as its chunks do.
 */
export async function download(app: App, baseUrl: string, url: string, signal: AbortSignal): Promise<MediaBody> {
  const allowHosts = [...app.config.allowHosts, ...hostOf(baseUrl)];
  try {
    const { mime, chunks } = await webFetch(url, { allowHosts, maxBytes }, signal);
    return { mime, name: null, chunks: asDriverErrors(chunks) };
  } catch (error) {
    throw asDriverError(error);
  }
}

async function* asDriverErrors(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, void> {
  try {
    yield* chunks;
  } catch (error) {
    throw asDriverError(error);
  }
}

/** Nothing that is fetched reaches WeChat. */
function asDriverError(error: unknown): unknown {
  if (!(error instanceof WebFetchError)) return error;
  return new DriverError(error.code, error.message, { certain: true, retry: error.retry, cause: error });
}

/** `host:port` of an address. */
function hostOf(address: string): string[] {
  const url = URL.parse(address);
  return url === null ? [] : [`${url.hostname}:${url.port || (url.protocol === 'https:' ? '443' : '80')}`];
}
