/** `/api/accounts` and `/api/groups`. */
import type { Answer, Parameter, Paths } from './shape.ts';

const done: Answer = {
  description: { zh: '已删除', en: 'It is gone' },
  content: {
    'application/json': { schema: { $ref: '#/components/schemas/Done' }, example: { success: true } },
  },
};

const idOf = (zh: string, en: string, example: string): readonly Parameter[] => [
  { name: 'id', in: 'path', required: true, description: { zh, en }, schema: { type: 'string' }, example },
];

export const accountPaths: Paths = {
  '/api/accounts': {
    get: {
      operationId: 'listAccounts',
      tags: ['accounts'],
      summary: { zh: '获取账号列表', en: 'List accounts' },
      description: { zh: '令牌可见的全部账号。', en: 'All accounts that the token may see.' },
      responses: {
        '200': {
          description: { zh: '账号', en: 'The accounts' },
          content: {
            'application/json': {
              schema: {
                type: 'object',
                required: ['accounts'],
                properties: { accounts: { type: 'array', items: { $ref: '#/components/schemas/Account' } } },
              },
              example: {
                accounts: [
                  {
                    id: '00001',
                    name: '账号1',
                    remark: '我的微信',
                    status: 'logged_in',
                    ready: true,
                    stats: { today_sent: 10, total_sent: 100 },
                  },
                ],
              },
            },
          },
        },
      },
    },
    post: {
      operationId: 'createAccount',
      tags: ['accounts'],
      summary: { zh: '创建新账号', en: 'Make an account' },
      description: {
        zh: '创建并启动账号，需要 ADMIN。没有 connection 时使用 WXGRAPH_DEFAULT_CONNECTION。',
        en: 'Makes an account and starts it. ADMIN. Without `connection` it is WXGRAPH_DEFAULT_CONNECTION.',
      },
      requestBody: {
        required: true,
        content: {
          'application/json': {
            schema: {
              type: 'object',
              required: ['name'],
              properties: {
                name: {
                  type: 'string',
                  minLength: 1,
                  maxLength: 50,
                  description: { zh: '账号名称', en: 'What it is called here' },
                },
                remark: { type: 'string', maxLength: 200, description: { zh: '备注', en: 'A remark' } },
                default_receiver: {
                  type: 'string',
                  maxLength: 200,
                  description: { zh: '默认接收者', en: 'Whom it sends to where nobody is named' },
                },
                connection: {
                  type: 'object',
                  description: {
                    zh: '连接哪个上游：与 GraphQL 的 ConnectionInput 相同，例如 {"openwx": {"baseUrl": "http://127.0.0.1:3000"}}',
                    en: 'Which upstream: the ConnectionInput of GraphQL, such as {"openwx": {"baseUrl": "http://127.0.0.1:3000"}}',
                  },
                },
              },
            },
            example: { name: '账号3' },
          },
        },
      },
      responses: {
        '200': {
          description: { zh: '已创建', en: 'It is made' },
          content: {
            'application/json': {
              schema: {
                type: 'object',
                required: ['success', 'account'],
                properties: {
                  success: { const: true },
                  account: {
                    type: 'object',
                    required: ['id', 'name'],
                    properties: { id: { type: 'string' }, name: { type: 'string' } },
                  },
                },
              },
              example: { success: true, account: { id: '00003', name: '账号3' } },
            },
          },
        },
      },
    },
  },
  '/api/accounts/{id}': {
    delete: {
      operationId: 'deleteAccount',
      tags: ['accounts'],
      summary: { zh: '删除账号', en: 'Delete an account' },
      description: {
        zh: '需要 ADMIN。账号的会话、消息和记录一并从网关移除，排队中的消息被取消；微信本身不受影响。',
        en: 'ADMIN. Its chats, messages and records leave the gateway with it, and what is queued is cancelled. WeChat is not touched.',
      },
      parameters: idOf('账号 ID', 'The account', '00003'),
      responses: { '200': done },
    },
  },
  '/api/groups': {
    get: {
      operationId: 'listGroups',
      tags: ['accounts'],
      summary: { zh: '获取分组列表', en: 'List groups' },
      responses: {
        '200': {
          description: { zh: '分组', en: 'The groups' },
          content: {
            'application/json': {
              schema: {
                type: 'object',
                required: ['groups'],
                properties: { groups: { type: 'array', items: { $ref: '#/components/schemas/Group' } } },
              },
              example: { groups: [{ id: 'g001', name: '测试组', account_ids: ['00001', '00002'] }] },
            },
          },
        },
      },
    },
    post: {
      operationId: 'createGroup',
      tags: ['accounts'],
      summary: { zh: '创建分组', en: 'Make a group' },
      description: { zh: '需要 ADMIN。', en: 'ADMIN.' },
      requestBody: {
        required: true,
        content: {
          'application/json': {
            schema: {
              type: 'object',
              required: ['name'],
              properties: {
                name: {
                  type: 'string',
                  minLength: 1,
                  maxLength: 50,
                  description: { zh: '分组名称，最大 50 字符', en: 'The name, up to 50 characters' },
                },
                account_ids: {
                  type: 'array',
                  items: { type: 'string' },
                  default: [],
                  description: { zh: '账号 ID 列表', en: 'Ids of its accounts' },
                },
              },
            },
            example: { name: '新分组', account_ids: ['00001'] },
          },
        },
      },
      responses: {
        '200': {
          description: { zh: '已创建', en: 'It is made' },
          content: {
            'application/json': {
              schema: {
                type: 'object',
                required: ['success', 'group'],
                properties: { success: { const: true }, group: { $ref: '#/components/schemas/Group' } },
              },
              example: { success: true, group: { id: 'g002', name: '新分组', account_ids: ['00001'] } },
            },
          },
        },
      },
    },
  },
  '/api/groups/{id}': {
    delete: {
      operationId: 'deleteGroup',
      tags: ['accounts'],
      summary: { zh: '删除分组', en: 'Delete a group' },
      description: { zh: '需要 ADMIN。其中的账号不受影响。', en: 'ADMIN. Its accounts stay.' },
      parameters: idOf('分组 ID', 'The group', 'g002'),
      responses: { '200': done },
    },
  },
};
