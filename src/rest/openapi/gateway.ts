/** GraphQL, the event stream, sessions and probes. */
import type { Answer, Paths } from './shape.ts';

const nothing = (zh: string, en: string): Answer => ({ description: { zh, en } });

const alive: Answer = {
  description: { zh: '正常', en: 'It does' },
  content: { 'application/json': { schema: { $ref: '#/components/schemas/Alive' }, example: { status: 'ok' } } },
};

const list = (name: string, zh: string, en: string, example?: string) => ({
  name,
  in: 'query' as const,
  description: { zh, en },
  schema: { type: 'string' },
  ...(example !== undefined && { example }),
});

export const gatewayPaths: Paths = {
  '/graphql': {
    post: {
      operationId: 'graphql',
      tags: ['live'],
      summary: { zh: 'GraphQL', en: 'GraphQL' },
      description: {
        zh: '查询与变更。订阅用 Accept: text/event-stream，或在同一地址用 WebSocket（graphql-transport-ws 协议，令牌放在 connectionParams.authorization）。浏览器打开同一地址就是 GraphiQL。完整的类型说明见 schema.graphql。',
        en: 'Queries and mutations. A subscription with `Accept: text/event-stream`, or over a WebSocket at the same address (graphql-transport-ws, the token as `authorization` in `connectionParams`). A browser sees GraphiQL here. schema.graphql documents every type.',
      },
      requestBody: {
        required: true,
        content: {
          'application/json': {
            schema: {
              type: 'object',
              required: ['query'],
              properties: {
                query: { type: 'string', description: { zh: 'GraphQL 文档', en: 'The document' } },
                variables: { type: 'object', description: { zh: '变量', en: 'Its variables' } },
                operationName: {
                  type: 'string',
                  description: { zh: '文档里有多个操作时选哪个', en: 'Which of several operations' },
                },
              },
            },
            example: {
              query: 'query ($days: Int!) { stats(days: $days) { total successRate } }',
              variables: { days: 7 },
            },
          },
        },
      },
      responses: {
        '200': {
          description: { zh: 'GraphQL 的答复', en: 'The result' },
          content: {
            'application/json': {
              schema: { $ref: '#/components/schemas/GraphqlAnswer' },
              example: { data: { stats: { total: 100, successRate: 95.0 } } },
            },
          },
        },
        default: {
          description: { zh: '请求没有被执行', en: 'It was not executed' },
          content: {
            'application/json': {
              schema: { $ref: '#/components/schemas/GraphqlAnswer' },
              example: {
                errors: [{ message: 'A token is needed.', extensions: { code: 'UNAUTHENTICATED' } }],
              },
            },
          },
        },
      },
    },
  },
  '/events': {
    get: {
      operationId: 'events',
      tags: ['live'],
      summary: { zh: '事件流', en: 'The stream of events' },
      description: {
        zh: '全部事件，按日志顺序，每个一次。断开后带上最后一个 id 作为 Last-Event-ID 重新连接：不缺不重。',
        en: 'Everything that happens, in the order of the log and once each. Reconnect with the last `id` as Last-Event-ID: nothing is missing and nothing comes twice.',
      },
      parameters: [
        list('types', '只要这些类型，用逗号分隔', 'Of these types only, with commas', 'MESSAGE_RECEIVED,SEND_UPDATED'),
        list('accountIds', '只要这些账号', 'Of these accounts only', '00001'),
        list('chatIds', '只要这些会话', 'In these conversations only'),
        list('after', '从这个游标之后开始', 'Everything later than this cursor first'),
        {
          name: 'last',
          in: 'query',
          description: { zh: '先给最新的若干条，不能与 after 同用', en: 'The newest ones first; not with `after`' },
          schema: { type: 'integer', minimum: 1, maximum: 100 },
          example: 10,
        },
        {
          name: 'Last-Event-ID',
          in: 'header',
          description: { zh: '上次收到的最后一个 id', en: 'The last `id` that came' },
          schema: { type: 'string' },
        },
      ],
      responses: {
        '200': {
          description: {
            zh: '每个事件一行 id、一行 data；data 是一个 Event 的 JSON',
            en: 'A line `id` and a line `data` for each event; `data` is the JSON of one Event',
          },
          content: {
            'text/event-stream': {
              schema: { $ref: '#/components/schemas/Event' },
              example: {
                type: 'ACCOUNT_CHANGED',
                timestamp: '2026-11-22T04:00:00.000Z',
                cursor: 'MTY4Lg',
                accountId: '00001',
                data: { change: 'UPDATED', accountId: '00001' },
              },
            },
          },
        },
      },
    },
  },
  '/session': {
    get: {
      operationId: 'readSession',
      tags: ['session'],
      security: [],
      summary: { zh: '浏览器是否已登录', en: 'Whether this browser is signed in' },
      responses: {
        '200': {
          description: { zh: '是或否', en: 'Yes or no' },
          content: {
            'application/json': {
              schema: {
                type: 'object',
                required: ['signedIn'],
                properties: { signedIn: { type: 'boolean' } },
              },
              example: { signedIn: false },
            },
          },
        },
      },
    },
    post: {
      operationId: 'signIn',
      tags: ['session'],
      summary: { zh: '用令牌换取会话', en: 'Exchange a token for a session' },
      description: {
        zh: '在响应里设置 wxgraph_session Cookie（HttpOnly、SameSite=Strict），只在网关自己的页面上有效。',
        en: 'Sets the cookie wxgraph_session (HttpOnly, SameSite=Strict). It counts on pages of the gateway itself only.',
      },
      responses: { '204': nothing('已登录', 'Signed in') },
    },
    delete: {
      operationId: 'signOut',
      tags: ['session'],
      security: [],
      summary: { zh: '退出登录', en: 'End the session' },
      responses: { '204': nothing('已退出', 'Signed out') },
    },
  },
  '/health': {
    get: {
      operationId: 'health',
      tags: ['session'],
      security: [],
      summary: { zh: '健康检查', en: 'Health' },
      description: { zh: '不需要令牌。', en: 'Needs no token.' },
      responses: {
        '200': {
          description: { zh: '正常', en: 'It serves' },
          content: {
            'application/json': {
              schema: {
                type: 'object',
                required: ['status', 'accounts', 'ready_accounts'],
                properties: {
                  status: { const: 'ok' },
                  accounts: { type: 'integer', description: { zh: '账号数', en: 'How many accounts there are' } },
                  ready_accounts: {
                    type: 'integer',
                    description: { zh: '可以发送的账号数', en: 'How many of them can send now' },
                  },
                },
              },
              example: { status: 'ok', accounts: 3, ready_accounts: 2 },
            },
          },
        },
      },
    },
  },
  '/live': {
    get: {
      operationId: 'live',
      tags: ['session'],
      security: [],
      summary: { zh: '存活探针', en: 'Whether it runs' },
      responses: { '200': alive },
    },
  },
  '/ready': {
    get: {
      operationId: 'ready',
      tags: ['session'],
      security: [],
      summary: { zh: '就绪探针', en: 'Whether it can serve' },
      responses: {
        '200': alive,
        '503': {
          description: { zh: '正在停止，或数据库不可用', en: 'It stops, or its database cannot be used' },
          content: {
            'application/json': {
              schema: { $ref: '#/components/schemas/Alive' },
              example: { status: 'stopping' },
            },
          },
        },
      },
    },
  },
};
