import type { SendLog } from '../db/model.ts';
import type { Loaders } from './load.ts';

/** Where a QUEUED line stands in its account's lane; null for any other. */
export async function readSendLogPlace(
  loaders: Loaders,
  log: SendLog,
): Promise<{ position: number; estimatedAt: number | null } | null> {
  return log.status === 'QUEUED' ? loaders.position.load(log.id) : null;
}
