import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Builds the panel where its sources have changed, as `npm start` does. */
export async function buildPanel(): Promise<void> {
  const env = { ...process.env, NODE_ENV: undefined };
  await promisify(execFile)(process.execPath, ['web/build.ts', '--if-stale'], { env });
}
