/** Statistics, from a rollup that is written with every change. */
import { type Counts, type Stats, readStats } from '../resolvers/send/read-stats.ts';
import { certain } from '../resolvers/loader.ts';
import { builder } from './builder.ts';
import { AccountRef } from './refs.ts';

const DayStats = builder.objectRef<Counts & { date: string }>('DayStats').implement({
  description: 'Sends accepted and messages received on one day.',
  fields: (t) => ({
    date: t.exposeString('date', { description: "YYYY-MM-DD in the gateway's time zone." }),
    total: t.exposeInt('total', { description: 'Sends, whatever became of them.' }),
    successCount: t.exposeInt('success', { description: 'SENT.' }),
    failedCount: t.exposeInt('failed', { description: 'FAILED.' }),
    unknownCount: t.exposeInt('unknown', { description: 'UNKNOWN or UNRESOLVED.' }),
    received: t.exposeInt('received', { description: 'Incoming messages.' }),
  }),
});

const AccountPeriodStats = builder.objectRef<Counts & { accountId: number }>('AccountPeriodStats').implement({
  description: 'Sends and messages of one account in the span.',
  fields: (t) => ({
    account: t.field({
      type: AccountRef,
      description: 'The account.',
      resolve: (stats, _, { loaders }) => certain(loaders.account.load(stats.accountId)),
    }),
    total: t.exposeInt('total', { description: 'Sends, whatever became of them.' }),
    successCount: t.exposeInt('success', { description: 'SENT.' }),
    failedCount: t.exposeInt('failed', { description: 'FAILED.' }),
    unknownCount: t.exposeInt('unknown', { description: 'UNKNOWN or UNRESOLVED.' }),
    received: t.exposeInt('received', { description: 'Incoming messages.' }),
  }),
});

const StatsType = builder.objectRef<Stats>('Stats').implement({
  description: "Sends in a span of days, by the gateway's time zone. total counts settled and unsettled ones.",
  fields: (t) => ({
    days: t.exposeInt('days', { description: 'How many days, today included.' }),
    total: t.exposeInt('total', { description: 'Sends, whatever became of them.' }),
    successCount: t.exposeInt('success', { description: 'SENT.' }),
    failedCount: t.exposeInt('failed', { description: 'FAILED.' }),
    unknownCount: t.exposeInt('unknown', { description: 'UNKNOWN or UNRESOLVED.' }),
    successRate: t.exposeFloat('successRate', {
      description: 'Percent of success among success and failure, one decimal.',
    }),
    received: t.exposeInt('received', { description: 'Incoming messages.' }),
    byDay: t.expose('byDay', { type: [DayStats], description: 'Each day of the span, the oldest first.' }),
    byAccount: t.expose('byAccount', {
      type: [AccountPeriodStats],
      description: 'Each account with anything in the span, by id.',
    }),
  }),
});

builder.queryField('stats', (t) =>
  t.field({
    type: StatsType,
    nullable: true,
    description: 'The last 1 to 30 days, today included.',
    args: {
      accountIds: t.arg.idList({ description: 'Of these accounts only.' }),
      days: t.arg.int({ required: true, defaultValue: 7, description: '1 to 30.' }),
    },
    resolve: (_, args, { app, caller }) => readStats(app, caller, args),
  }),
);
