/** `/api/logs` and `/api/stats`. */
import type { Parameter, Paths } from './shape.ts';

const ofAccount: Parameter = {
  name: 'account_id',
  in: 'query',
  description: { zh: '账号 ID，筛选指定账号', en: 'Of this account only' },
  schema: { type: 'string' },
  example: '00001',
};

export const recordPaths: Paths = {
  '/api/logs': {
    get: {
      operationId: 'listLogs',
      tags: ['records'],
      summary: { zh: '获取发送记录', en: 'List what was sent' },
      description: {
        zh: '最新的在前；count 是本次返回的条数。',
        en: 'Newest first; `count` is how many are in this answer.',
      },
      parameters: [
        ofAccount,
        {
          name: 'limit',
          in: 'query',
          description: { zh: '返回数量', en: 'How many' },
          schema: { type: 'integer', minimum: 1, maximum: 500, default: 50 },
          example: 20,
        },
        {
          name: 'offset',
          in: 'query',
          description: { zh: '偏移量', en: 'How many to leave out first' },
          schema: { type: 'integer', minimum: 0, maximum: 2_147_483_647, default: 0 },
          example: 0,
        },
        {
          name: 'success_only',
          in: 'query',
          description: { zh: '仅返回成功记录', en: 'Only what was sent' },
          schema: { type: 'boolean', default: false },
          example: false,
        },
      ],
      responses: {
        '200': {
          description: { zh: '发送记录', en: 'Lines of the send log' },
          content: {
            'application/json': {
              schema: {
                type: 'object',
                required: ['logs', 'count'],
                properties: {
                  logs: { type: 'array', items: { $ref: '#/components/schemas/LogLine' } },
                  count: { type: 'integer', description: { zh: '本次返回的条数', en: 'Lines in this answer' } },
                },
              },
              example: {
                logs: [
                  {
                    id: 1,
                    account_id: '00001',
                    receiver: 'wxid_xxx',
                    message_type: 'text',
                    content: '测试消息',
                    success: true,
                    status: 'sent',
                    error: null,
                    created_at: 1711796400,
                    created_at_str: '2024-03-30 19:00:00',
                  },
                ],
                count: 1,
              },
            },
          },
        },
      },
    },
  },
  '/api/stats': {
    get: {
      operationId: 'showStats',
      tags: ['records'],
      summary: { zh: '获取统计信息', en: 'Statistics' },
      description: {
        zh: '按 WXGRAPH_TIMEZONE 的自然日计算，含今天。',
        en: 'Over days of WXGRAPH_TIMEZONE, today included.',
      },
      parameters: [
        ofAccount,
        {
          name: 'days',
          in: 'query',
          description: { zh: '统计天数', en: 'How many days' },
          schema: { type: 'integer', minimum: 1, maximum: 30, default: 7 },
          example: 7,
        },
      ],
      responses: {
        '200': {
          description: { zh: '统计', en: 'The counts' },
          content: {
            'application/json': {
              schema: { $ref: '#/components/schemas/StatsAnswer' },
              example: {
                period: '最近 7 天',
                account_id: null,
                statistics: {
                  total: 100,
                  success_count: 95,
                  failed_count: 5,
                  unknown_count: 0,
                  pending_count: 0,
                  dropped_count: 0,
                  success_rate: 95.0,
                },
              },
            },
          },
        },
      },
    },
  },
};
