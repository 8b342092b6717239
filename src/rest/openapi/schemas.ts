/** What several routes answer. */
import { errorCodes, eventTypes } from '../../words.ts';
import type { Schema } from './shape.ts';

const outcome: Schema = {
  type: 'string',
  enum: ['queued', 'dispatching', 'sent', 'failed', 'unknown', 'unresolved', 'cancelled', 'expired'],
  description: {
    zh: '状态；unknown 和 unresolved 表示不知道是否已发出',
    en: 'How it stands; `unknown` and `unresolved`: nobody knows whether it was sent',
  },
};
const why: Schema = {
  type: ['string', 'null'],
  description: { zh: '没有成功的原因', en: 'Why it was not sent, where it was not' },
};
const count = (zh: string, en: string): Schema => ({ type: 'integer', minimum: 0, description: { zh, en } });

/** The six counts of sends, of one job or of many. */
const counts: Readonly<Record<string, Schema>> = {
  total: count('总数', 'All of them'),
  success_count: count('成功数', 'Sent'),
  failed_count: count('失败数', 'Not sent'),
  unknown_count: count('结果未知数', 'Sent or not: nobody knows'),
  pending_count: count('等待中', 'Still queued or on the way'),
  dropped_count: count('已取消或过期', 'Cancelled or expired'),
};

export const schemas: Readonly<Record<string, Schema>> = {
  Error: {
    type: 'object',
    description: { zh: '出错时的答复', en: 'What a failed request is answered' },
    required: ['success', 'code', 'error', 'request_id'],
    properties: {
      success: { const: false },
      code: { type: 'string', enum: errorCodes, description: { zh: '错误代码', en: 'Which of a closed list' } },
      error: { type: 'string', description: { zh: '说明', en: 'In words' } },
      field: { type: 'string', description: { zh: '有问题的字段', en: 'The field at fault' } },
      retryable: { type: 'boolean', description: { zh: '稍后重试可能成功', en: 'The same may work later' } },
      retryAfterMs: { type: 'integer', description: { zh: '多少毫秒后重试', en: 'When, in milliseconds' } },
      reason: { type: 'string', description: { zh: '更具体的原因', en: 'More exactly why' } },
      oldestCursor: {
        type: 'string',
        description: { zh: 'CURSOR_INVALID：还能从哪里读起', en: 'CURSOR_INVALID: from where reading on is possible' },
      },
      candidates: {
        type: 'array',
        items: { type: 'object' },
        description: { zh: 'AMBIGUOUS_RECEIVER：可能的联系人', en: 'AMBIGUOUS_RECEIVER: who may be meant' },
      },
      request_id: { type: 'string', description: { zh: '日志里的请求编号', en: 'This request in the log' } },
    },
  },
  Done: { type: 'object', required: ['success'], properties: { success: { const: true } } },
  Alive: {
    type: 'object',
    required: ['status'],
    properties: {
      status: { type: 'string', enum: ['ok', 'stopping', 'unavailable'] },
      code: { type: 'string', enum: errorCodes },
    },
  },
  Account: {
    type: 'object',
    required: ['id', 'name', 'remark', 'status', 'ready', 'stats'],
    properties: {
      id: { type: 'string' },
      name: { type: 'string', description: { zh: '账号名称', en: 'What it is called here' } },
      remark: { type: 'string', description: { zh: '备注', en: 'A remark' } },
      status: {
        type: 'string',
        enum: ['init', 'loading', 'scanning', 'confirming', 'logged_in', 'suspect', 'logged_out', 'stopped'],
        description: { zh: '登录状态', en: 'How its login stands' },
      },
      ready: { type: 'boolean', description: { zh: '现在可以发送', en: 'It can send now' } },
      stats: {
        type: 'object',
        required: ['today_sent', 'total_sent'],
        properties: {
          today_sent: count('今天发送数', 'Sent today'),
          total_sent: count('累计发送数', 'Sent in all'),
        },
      },
    },
  },
  Group: {
    type: 'object',
    required: ['id', 'name', 'account_ids'],
    properties: {
      id: { type: 'string' },
      name: { type: 'string', description: { zh: '分组名称', en: 'Its name' } },
      account_ids: {
        type: 'array',
        items: { type: 'string' },
        description: { zh: '其中的账号', en: 'Its accounts' },
      },
    },
  },
  SendAnswer: {
    type: 'object',
    required: ['success', ...Object.keys(counts), 'send_id', 'results'],
    properties: {
      success: { type: 'boolean', description: { zh: '是否全部成功', en: 'Whether all of it was sent' } },
      ...counts,
      send_id: { type: 'string', description: { zh: '任务编号（GraphQL 的 SendJob）', en: 'The SendJob of GraphQL' } },
      results: {
        type: 'object',
        description: { zh: '每个账号的结果', en: 'By account' },
        additionalProperties: {
          type: 'object',
          required: ['success', 'receiver', 'response_time_ms', 'status', 'error'],
          properties: {
            success: { type: 'boolean' },
            receiver: { type: ['string', 'null'], description: { zh: '接收者', en: 'Whom to' } },
            response_time_ms: {
              type: ['integer', 'null'],
              description: { zh: '上游答复用时（毫秒）', en: 'How long its upstream took, in milliseconds' },
            },
            status: outcome,
            error: why,
          },
        },
      },
    },
  },
  UploadAnswer: {
    type: 'object',
    required: ['success', 'media'],
    properties: {
      success: { const: true },
      media: {
        type: 'object',
        required: ['id', 'name', 'mime', 'size'],
        properties: {
          id: { type: 'string', description: { zh: '用作 mediaId', en: 'A `mediaId` of GraphQL' } },
          name: { type: ['string', 'null'] },
          mime: { type: 'string', description: { zh: '按内容识别的类型', en: 'What its bytes say it is' } },
          size: count('字节数', 'In bytes'),
        },
      },
    },
  },
  LogLine: {
    type: 'object',
    required: [
      'id',
      'account_id',
      'receiver',
      'message_type',
      'content',
      'success',
      'status',
      'error',
      'created_at',
      'created_at_str',
    ],
    properties: {
      id: { type: 'integer' },
      account_id: { type: 'string' },
      receiver: { type: ['string', 'null'], description: { zh: '接收者', en: 'Whom to' } },
      message_type: { type: 'string', enum: ['text', 'image', 'file', 'video', 'voice'] },
      content: { type: 'string', description: { zh: '文本，或文件名', en: 'The text, or the name of the file' } },
      success: { type: 'boolean' },
      status: outcome,
      error: why,
      created_at: { type: 'integer', description: { zh: 'Unix 时间（秒）', en: 'Seconds since 1970 UTC' } },
      created_at_str: {
        type: 'string',
        description: { zh: '同一时间，按 WXGRAPH_TIMEZONE', en: 'The same in WXGRAPH_TIMEZONE' },
      },
    },
  },
  StatsAnswer: {
    type: 'object',
    required: ['period', 'account_id', 'statistics'],
    properties: {
      period: { type: 'string' },
      account_id: { type: ['string', 'null'], description: { zh: '筛选的账号', en: 'Of which account' } },
      statistics: {
        type: 'object',
        required: [...Object.keys(counts), 'success_rate'],
        properties: {
          ...counts,
          success_rate: {
            type: 'number',
            description: { zh: '成功率（百分比）', en: 'Percent of what was sent among what was sent or failed' },
          },
        },
      },
    },
  },
  GraphqlAnswer: {
    type: 'object',
    properties: {
      data: { type: ['object', 'null'], description: { zh: '结果', en: 'The result' } },
      errors: {
        type: 'array',
        items: { type: 'object' },
        description: {
          zh: '错误；extensions.code 是错误代码',
          en: 'What failed; `extensions.code` is of a closed list',
        },
      },
      extensions: { type: 'object' },
    },
  },
  Event: {
    type: 'object',
    required: ['type', 'timestamp', 'cursor', 'accountId', 'data'],
    properties: {
      type: { type: 'string', enum: [...eventTypes, 'ERROR'], description: { zh: '类型', en: 'What happened' } },
      timestamp: { type: ['string', 'null'], format: 'date-time', description: { zh: '时间', en: 'When' } },
      cursor: { type: 'string', description: { zh: '位置，与 id 行相同', en: 'Its position, as in the line `id`' } },
      accountId: { type: ['string', 'null'], description: { zh: '账号', en: 'Whose' } },
      data: { type: 'object', description: { zh: '内容，随类型不同', en: 'More, by its type' } },
    },
  },
};
