/**
 * The documentation of the REST routes as OpenAPI 3.1, a document a system: written once with every text in Chinese and English, and given in one of them.
 */
import { accountPaths } from './accounts.ts';
import { ecloudPaths } from './ecloud.ts';
import { tagWords } from './face.ts';
import { gatewayPaths } from './gateway.ts';
import { openwxPaths } from './openwx.ts';
import { pchookPaths } from './pchook.ts';
import { recordPaths } from './records.ts';
import { schemas } from './schemas.ts';
import { sendPaths } from './send.ts';
import type { Answer, OpenApi, Operation, Paths, Text } from './shape.ts';

export const languages = ['zh', 'en'] as const;
export type Language = (typeof languages)[number];

const failed: Answer = {
  description: { zh: '出错；HTTP 状态随错误代码', en: 'It failed; the HTTP status goes with the code' },
  content: {
    'application/json': {
      schema: { $ref: '#/components/schemas/Error' },
      example: {
        success: false,
        code: 'BAD_INPUT',
        error: 'targets is missing.',
        field: 'targets',
        request_id: '5f2a1c9d00000001',
      },
    },
  },
};

/** The gateway's own routes, and those of each old system whose clients it serves. */
export const systems = ['gateway', 'openwx', 'ecloud', 'pchook'] as const;
export type System = (typeof systems)[number];

type Content = Pick<OpenApi, 'security' | 'tags' | 'paths'> & {
  about: Text;
  schemas: OpenApi['components']['schemas'];
};

const faceTags = Object.entries(tagWords).map(([name, description]) => ({ name, description }));
const ofFace = (paths: Paths, about: Text): Content => ({
  about,
  paths: withEffects(paths),
  tags: faceTags,
  // A browser's session counts for nothing there.
  security: [{ bearer: [] }, { apiKey: [] }],
  schemas: {},
});

const contents: Readonly<Record<System, Content>> = {
  gateway: {
    about: {
      zh: '通过 HTTP API 发送消息和管理账号，适合集成到其他系统。GraphQL 能做的更多，见 /graphql。微信的条款限制个人账号的自动化，账号可能因此受限；发送间隔默认开启，请用于自愿的账号和接收者。',
      en: "Send messages and manage accounts over HTTP. GraphQL can do more: see /graphql. WeChat's terms limit the automation of personal accounts, and accounts can be restricted for it; pacing is on by default. Use it for accounts and people who want it.",
    },
    paths: withFailures(withEffects({ ...sendPaths, ...accountPaths, ...recordPaths, ...gatewayPaths })),
    security: [{ bearer: [] }, { apiKey: [] }, { session: [] }],
    tags: [
      { name: 'send', description: { zh: '发送', en: 'Sending' } },
      { name: 'accounts', description: { zh: '账号与分组', en: 'Accounts and groups' } },
      { name: 'records', description: { zh: '记录与统计', en: 'Records and statistics' } },
      { name: 'live', description: { zh: 'GraphQL 与事件流', en: 'GraphQL and events' } },
      { name: 'session', description: { zh: '会话与探针', en: 'Sessions and probes' } },
    ],
    schemas,
  },
  openwx: ofFace(openwxPaths, {
    zh: 'Mojo-Weixin 的 Openwx 插件和 Controller 的接口，适用于任何驱动的账号。旧客户端只需换地址并带上令牌。所有接口都接受 GET 和 POST；不能带请求头的客户端可以用 /t/<令牌>/openwx/…（需要 WXGRAPH_PATH_TOKENS=on）。',
    en: 'The routes of Mojo-Weixin’s Openwx plugin and its Controller, for accounts of every driver. A client changes its address and brings a token. GET and POST are taken by every route; clients that can send no header use /t/<token>/openwx/… where WXGRAPH_PATH_TOKENS=on.',
  }),
  ecloud: ofFace(ecloudPaths, {
    zh: 'E云的接口，适用于任何驱动的账号。wId 是本网关的账号 ID，Authorization 是本网关的令牌。',
    en: 'The API of the E-cloud, for accounts of every driver. `wId` is the id of an account of this gateway, and the Authorization one of its tokens.',
  }),
  pchook: ofFace(pchookPaths, {
    zh: 'PC hook 的接口，适用于任何驱动的账号：原来的 http://127.0.0.1:30001 换成 /pchook/<账号 ID>。',
    en: 'The calls of the hook on a PC, for accounts of every driver: /pchook/<account id> stands in the place of http://127.0.0.1:30001.',
  }),
};

/** The document of one system in one language; `url` is the address that the gateway gives out. */
export function openApi(
  system: System,
  language: Language,
  { url, version }: { url: string; version: string },
): OpenApi<string> {
  const { about, paths, tags, security, schemas: named } = contents[system];
  const document: OpenApi = {
    openapi: '3.1.0',
    info: { title: 'wxgraph', version, description: about },
    servers: [{ url }],
    security,
    tags,
    paths,
    components: {
      schemas: named,
      securitySchemes: Object.fromEntries(
        security.flatMap((one) => Object.keys(one)).map((name) => [name, schemes[name]!]),
      ),
    },
  };
  return inLanguage(document, language) as OpenApi<string>;
}

const schemes: OpenApi['components']['securitySchemes'] = {
  bearer: {
    type: 'http',
    scheme: 'bearer',
    description: {
      zh: '请求头 Authorization: Bearer <令牌>；也接受不带 Bearer 的令牌',
      en: 'The header `Authorization: Bearer <token>`; the bare token is taken too',
    },
  },
  apiKey: {
    type: 'apiKey',
    in: 'header',
    name: 'X-API-Key',
    description: { zh: '或请求头 X-API-Key: <令牌>', en: 'Or the header `X-API-Key: <token>`' },
  },
  session: {
    type: 'apiKey',
    in: 'cookie',
    name: 'wxgraph_session',
    description: {
      zh: '或面板的会话（Cookie），只在网关自己的页面上有效',
      en: "Or the panel's session (a cookie), on the gateway's own pages only",
    },
  },
};

function withEffects(all: Paths): Paths {
  return mapOperations(all, (operation, method) => ({
    'x-effect': method === 'get' ? 'reads' : 'changes',
    ...operation,
  }));
}

/** Whatever fails, fails in one shape, unless an operation says otherwise. */
function withFailures(all: Paths): Paths {
  return mapOperations(all, (operation) =>
    operation.security ? operation : { ...operation, responses: { default: failed, ...operation.responses } },
  );
}

function mapOperations(all: Paths, change: (operation: Operation, method: string) => Operation): Paths {
  return Object.fromEntries(
    Object.entries(all).map(([path, methods]) => [
      path,
      Object.fromEntries(Object.entries(methods).map(([method, operation]) => [method, change(operation, method)])),
    ]),
  );
}

/** The same with one language's text in the place of each pair. */
function inLanguage(value: unknown, language: Language): unknown {
  if (Array.isArray(value)) return value.map((one) => inLanguage(one, language));
  if (typeof value !== 'object' || value === null) return value;
  if ('zh' in value && 'en' in value) return value[language];
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, inLanguage(one, language)]));
}
