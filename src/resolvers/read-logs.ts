import type { SendJob, SendLog } from '../db/model.ts';
import type { LogFilter as StoreFilter } from '../db/store.ts';
import type { Millis, SendStatus, SendType } from '../words.ts';
import type { App } from './app.ts';
import { type Caller, maySee, visibleAccounts } from './caller.ts';
import { type Connection, type PageArgs, connection, keysetPage } from './connection.ts';
import { notFound } from './errors.ts';
import { narrow, readId, readIds, showId } from './ids.ts';

export type { SendJob, SendLog };

export type LogFilter = {
  accountIds?: readonly string[] | null;
  jobIds?: readonly string[] | null;
  statuses?: readonly SendStatus[] | null;
  types?: readonly SendType[] | null;
  receivers?: readonly string[] | null;
  search?: string | null;
  since?: Millis | null;
  until?: Millis | null;
};

/** Newest first. */
export async function readLogs(
  app: App,
  caller: Caller,
  filter: LogFilter | null | undefined,
  args: PageArgs,
): Promise<Connection<SendLog>> {
  const page = keysetPage<[number]>('logs', args, ['number']);
  const stored = logFilter(caller, filter);
  const slice = await app.store.queries.logs(stored, page);
  return connection(
    'logs',
    slice,
    (log) => [log.id],
    () => app.store.queries.countLogs(stored),
  );
}

/** Newest first, by offset: for the panel's API, which pages so. */
export async function readLogsByOffset(
  app: App,
  caller: Caller,
  filter: LogFilter,
  page: { limit: number; offset: number },
): Promise<SendLog[]> {
  const slice = await app.store.queries.logs(logFilter(caller, filter), { first: page.limit, offset: page.offset });
  return slice.items;
}

/** The lines of one job, in the order of targets and receivers. */
export async function readLogsOfJob(
  app: App,
  caller: Caller,
  jobId: number,
  filter: LogFilter | null | undefined,
  args: PageArgs,
): Promise<Connection<SendLog>> {
  const page = keysetPage<[number]>('jobLogs', args, ['number']);
  const stored = logFilter(caller, filter);
  const slice = await app.store.queries.logsOfJob(jobId, stored, page);
  const jobIds = readIds('job', narrow(filter?.jobIds, showId('job', jobId)));
  const count = () => app.store.queries.countLogs({ ...stored, jobIds });
  return connection('jobLogs', slice, (log) => [log.id], count);
}

export async function readSendLog(app: App, caller: Caller, id: string): Promise<SendLog> {
  const logId = readId('log', id);
  const [log] = logId === null ? [] : await app.store.queries.logsById([logId]);
  if (!log || !maySee(caller, log.accountId)) throw notFound('send', id);
  return log;
}

export async function readSendJob(app: App, caller: Caller, id: string): Promise<SendJob> {
  const jobId = readId('job', id);
  const [job] = jobId === null ? [] : await app.store.queries.jobsById([jobId], caller.accountIds);
  if (!job || (caller.accountIds !== null && job.total === 0)) throw notFound('job', id);
  return job;
}

function logFilter(caller: Caller, filter: LogFilter | null | undefined): StoreFilter {
  return {
    ...filter,
    accountIds: visibleAccounts(caller, readIds('account', filter?.accountIds)),
    jobIds: readIds('job', filter?.jobIds),
  };
}
