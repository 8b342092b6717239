/** The gateway itself. */
import type { App } from '../resolvers/app.ts';
import { maxPageSize } from '../resolvers/connection.ts';
import { maxUploadBytes } from '../resolvers/media/keep-media.ts';
import { type DriverInfo, readDrivers } from '../resolvers/accounts/read-accounts.ts';
import { builder } from './builder.ts';
import { CapabilityEnum, DriverKindEnum } from './enums.ts';

const DriverInfoType = builder.objectRef<DriverInfo>('DriverInfo').implement({
  description: 'A kind of upstream that this gateway can drive.',
  fields: (t) => ({
    kind: t.expose('kind', { type: DriverKindEnum, description: 'Which.' }),
    capabilities: t.field({
      type: [CapabilityEnum],
      description: 'What it can do.',
      resolve: (info) => [...info.capabilities],
    }),
  }),
});

const GatewayType = builder.objectRef<App>('Gateway').implement({
  description: 'Facts of this gateway.',
  fields: (t) => ({
    version: t.exposeString('version', { description: 'Its version.' }),
    startedAt: t.expose('startedAt', { type: 'DateTime', description: 'When it started.' }),
    now: t.field({ type: 'DateTime', description: 'Its clock.', resolve: (app) => app.clock.now() }),
    timezone: t.string({ description: 'IANA name of the zone of its days.', resolve: (app) => app.config.timezone }),
    drivers: t.field({ type: [DriverInfoType], description: 'What it can drive.', resolve: readDrivers }),
    maxPageSize: t.int({ description: 'The largest `first` and `last`.', resolve: () => maxPageSize }),
    maxUploadBytes: t.int({
      description: 'The largest file that can be sent, in bytes: uploaded, from an address or from a path.',
      resolve: () => maxUploadBytes,
    }),
    refusedCallbacks: t.int({
      description:
        'Callbacks that were not taken since it started, as the disk was full, too much was under way, one was too large or an account had more than `WXGRAPH_CALLBACKS_PER_MINUTE`. An upstream that does not post again has lost them.',
      resolve: (app) => app.refusals.total(),
    }),
  }),
});

builder.queryField('gateway', (t) =>
  t.field({
    type: GatewayType,
    nullable: true,
    description: 'Facts of this gateway.',
    resolve: (_, __, { app }) => app,
  }),
);
