/**
 * The documentation of the REST routes as OpenAPI 3.1: written once with every text in Chinese and English, and given in one of them.
 */
import { accountPaths } from './accounts.ts';
import { gatewayPaths } from './gateway.ts';
import { recordPaths } from './records.ts';
import { schemas } from './schemas.ts';
import { sendPaths } from './send.ts';
import type { Answer, OpenApi, Operation, Paths } from './shape.ts';

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

const paths = withFailures({ ...sendPaths, ...accountPaths, ...recordPaths, ...gatewayPaths });

/** The document in one language; `url` is the address that the gateway gives out. */
export function openApi(language: Language, { url, version }: { url: string; version: string }): OpenApi<string> {
  const document: OpenApi = {
    openapi: '3.1.0',
    info: {
      title: 'wxgraph',
      version,
      description: {
        zh: '通过 HTTP API 发送消息和管理账号，适合集成到其他系统。GraphQL 能做的更多，见 /graphql。微信的条款限制个人账号的自动化，账号可能因此受限；发送间隔默认开启，请用于自愿的账号和接收者。',
        en: "Send messages and manage accounts over HTTP. GraphQL can do more: see /graphql. WeChat's terms limit the automation of personal accounts, and accounts can be restricted for it; pacing is on by default. Use it for accounts and people who want it.",
      },
    },
    servers: [{ url }],
    security: [{ bearer: [] }, { apiKey: [] }, { session: [] }],
    tags: [
      { name: 'send', description: { zh: '发送', en: 'Sending' } },
      { name: 'accounts', description: { zh: '账号与分组', en: 'Accounts and groups' } },
      { name: 'records', description: { zh: '记录与统计', en: 'Records and statistics' } },
      { name: 'live', description: { zh: 'GraphQL 与事件流', en: 'GraphQL and events' } },
      { name: 'session', description: { zh: '会话与探针', en: 'Sessions and probes' } },
    ],
    paths,
    components: {
      schemas,
      securitySchemes: {
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
      },
    },
  };
  return inLanguage(document, language) as OpenApi<string>;
}

/** Whatever fails, fails in one shape, unless an operation says otherwise. */
function withFailures(all: Paths): Paths {
  const failing = (operation: Operation): Operation =>
    operation.security ? operation : { ...operation, responses: { default: failed, ...operation.responses } };
  return Object.fromEntries(
    Object.entries(all).map(([path, methods]) => [
      path,
      Object.fromEntries(Object.entries(methods).map(([method, operation]) => [method, failing(operation)])),
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
