import type { Account, SendJob, SendLog } from '../../db/model.ts';
import type { LogPage, LogFilter as StoreFilter } from '../../db/store.ts';
import type { Millis, SendStatus, SendType } from '../../words.ts';
import type { App } from '../app.ts';
import { type Caller, maySee, visibleAccounts } from '../access/caller.ts';
import { type Connection, type PageArgs, connection, emptyConnection, keysetPage } from '../connection.ts';
import { notFound } from '../errors.ts';
import { isAmong, readId, readIds } from '../ids.ts';
import type { Loaders } from '../load.ts';

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

/** `wanted`: all that is going to be looked at of each line; everything where it is left out. */
export type LogArgs = PageArgs & Pick<LogPage, 'wanted'>;

/** Newest first. */
export async function readLogs(
  app: App,
  caller: Caller,
  filter: LogFilter | null | undefined,
  args: LogArgs,
): Promise<Connection<SendLog>> {
  const page = logPage('logs', args);
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

/** Of one account, newest first. */
export async function readLogsOfAccount(
  app: App,
  loaders: Loaders,
  account: Account,
  filter: LogFilter | null | undefined,
  args: LogArgs,
): Promise<Connection<SendLog>> {
  const page = logPage('logs', args);
  if (!isAmong(filter?.accountIds, 'account', account.id)) return emptyConnection;
  const stored = { ...filter, accountIds: null, jobIds: readIds('job', filter?.jobIds) };
  const { queries } = app.store;
  const pages = loaders.list('logs', [stored, page], (ids) => queries.logPages(ids, stored, page));
  const counts = loaders.list('log counts', stored, (ids) => queries.logCounts(ids, stored));
  return connection(
    'logs',
    await pages.load(account.id),
    (log) => [log.id],
    () => counts.load(account.id),
  );
}

/** The lines of one job, in the order of targets and receivers. */
export async function readLogsOfJob(
  app: App,
  caller: Caller,
  loaders: Loaders,
  jobId: number,
  filter: LogFilter | null | undefined,
  args: LogArgs,
): Promise<Connection<SendLog>> {
  const page = logPage('jobLogs', args);
  if (!isAmong(filter?.jobIds, 'job', jobId)) return emptyConnection;
  const stored = { ...logFilter(caller, filter), jobIds: null };
  const { queries } = app.store;
  const pages = loaders.list('job logs', [stored, page], (ids) => queries.jobLogPages(ids, stored, page));
  const counts = loaders.list('job log counts', stored, (ids) => queries.jobLogCounts(ids, stored));
  return connection(
    'jobLogs',
    await pages.load(jobId),
    (log) => [log.id],
    () => counts.load(jobId),
  );
}

/** All lines of one job, in that order. */
export async function readLinesOfJob(app: App, caller: Caller, jobId: number): Promise<SendLog[]> {
  const lines: SendLog[] = [];
  for (;;) {
    const after: [number] | null = lines.length > 0 ? [lines.at(-1)!.id] : null;
    const slice = await app.store.queries.logsOfJob(jobId, logFilter(caller, null), { first: 500, after });
    lines.push(...slice.items);
    if (!slice.hasNext) return lines;
  }
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

function logPage(list: string, { wanted, ...args }: LogArgs): LogPage {
  return { ...keysetPage<[number]>(list, args, ['number']), ...(wanted && { wanted }) };
}

function logFilter(caller: Caller, filter: LogFilter | null | undefined): StoreFilter {
  return {
    ...filter,
    accountIds: visibleAccounts(caller, readIds('account', filter?.accountIds)),
    jobIds: readIds('job', filter?.jobIds),
  };
}
