/** Peers that the product itself does not need: installed when they are measured, into a folder of their own. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Bench } from './row.ts';

const folder = fileURLToPath(new URL('./peers', import.meta.url));

/** Whether mercurius can be run. */
export async function installPeers({ say }: Bench): Promise<boolean> {
  if (existsSync(`${folder}/node_modules/mercurius`)) return true;
  say('installing mercurius');
  try {
    await promisify(execFile)('npm', ['ci', '--prefix', folder, '--ignore-scripts'], { timeout: 60_000 });
    return true;
  } catch {
    say('mercurius cannot be installed here: it is left out');
    return false;
  }
}
