/** How an account reaches its upstream: what is shown of it, and what is given. */
import type {
  ConnectionInput as ConnectionInputShape,
  EcloudInput as EcloudInputShape,
} from '../resolvers/accounts/account-input.ts';
import type { Account } from '../resolvers/shapes.ts';
import { pchookDialects } from '../words.ts';
import { builder } from './builder.ts';
import { PchookDialectEnum } from './enums.ts';

type ConnectionRecord = Account['connection'];

export const ConnectionInterface = builder.interfaceRef<ConnectionRecord>('Connection').implement({
  description: 'The upstream connection without its secrets, which are write-only.',
  resolveType: (connection) =>
    'wcId' in connection ? 'EcloudConnection' : 'dialect' in connection ? 'PchookConnection' : 'OpenwxConnection',
  fields: (t) => ({
    baseUrl: t.exposeString('baseUrl', { description: "The upstream's address." }),
  }),
});

builder.objectRef<ConnectionRecord>('EcloudConnection').implement({
  description: 'To E云, as one account of a developer account, whose Authorization is not shown.',
  interfaces: [ConnectionInterface],
  fields: (t) => ({
    wcId: t.string({
      nullable: true,
      description: "The account's WeChat id; null: whoever logs in first.",
      resolve: (connection) => connection['wcId'] ?? null,
    }),
    wId: t.string({
      nullable: true,
      description: 'The login instance by which the account is found where its WeChat id is not known.',
      resolve: (connection) => connection['wId'] ?? null,
    }),
  }),
});

builder.objectRef<ConnectionRecord>('OpenwxConnection').implement({
  description: 'To Mojo-Weixin with its Openwx plugin.',
  interfaces: [ConnectionInterface],
  fields: (t) => ({
    client: t.string({
      nullable: true,
      description: "The client's name where it is a Controller with several.",
      resolve: (connection) => connection['client'] ?? null,
    }),
  }),
});

builder.objectRef<ConnectionRecord>('PchookConnection').implement({
  description: 'To a WeChat of Windows with the hook inside.',
  interfaces: [ConnectionInterface],
  fields: (t) => ({
    dialect: t.field({
      type: PchookDialectEnum,
      nullable: true,
      description: 'Which builds it speaks like; null: found out at each start.',
      resolve: (connection) => pchookDialects.find((dialect) => dialect === connection['dialect']) ?? null,
    }),
    timezone: t.string({
      nullable: true,
      description: "IANA name of the zone of the times that it posts; null: the gateway's.",
      resolve: (connection) => connection['timezone'] ?? null,
    }),
  }),
});

const EcloudInput = builder.inputRef<EcloudInputShape>('EcloudInput').implement({
  description: 'E云: its address and the developer account, and which WeChat account.',
  fields: (t) => ({
    baseUrl: t.string({ required: true, description: 'The address that E云 gave you, such as http://1.2.3.4:9899.' }),
    authorization: t.string({
      required: true,
      description: 'The value of the Authorization header as /member/login answers it, without Bearer. Never shown.',
    }),
    wcId: t.string({ description: "The account's WeChat id; left out: that of whoever scans the first QR code." }),
    wId: t.string({
      description: 'The login instance of an account that is online, where the WeChat id is not known.',
    }),
  }),
});

const OpenwxInput = builder.inputRef<NonNullable<ConnectionInputShape['openwx']>>('OpenwxInput').implement({
  description: "Mojo-Weixin: the Openwx address, and the client's name where it is a Controller with several.",
  fields: (t) => ({
    baseUrl: t.string({ required: true, description: 'Such as http://127.0.0.1:3000.' }),
    client: t.string({ description: "The Controller's client." }),
  }),
});

const PchookInput = builder.inputRef<NonNullable<ConnectionInputShape['pchook']>>('PchookInput').implement({
  description: "The hook's address for this account, such as http://192.168.1.5:30001.",
  fields: (t) => ({
    baseUrl: t.string({ required: true, description: 'With the port of this WeChat: the first one has 30001.' }),
    dialect: t.field({ type: PchookDialectEnum, description: 'Which builds it speaks like; left out: found out.' }),
    timezone: t.string({
      description: "IANA name of the zone of the times that it posts; the gateway's where it is left out.",
    }),
  }),
});

export const ConnectionInput = builder.inputRef<ConnectionInputShape>('ConnectionInput').implement({
  description: 'Exactly one upstream.',
  isOneOf: true,
  fields: (t) => ({
    ecloud: t.field({ type: EcloudInput, description: 'E云, a cloud that speaks the iPad protocol.' }),
    openwx: t.field({ type: OpenwxInput, description: 'Mojo-Weixin with its Openwx plugin.' }),
    pchook: t.field({ type: PchookInput, description: 'A WeChat of Windows with the hook inside.' }),
  }),
});
