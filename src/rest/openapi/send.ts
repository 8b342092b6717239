/** `POST /send`, and the upload of what is to be sent. */
import type { Paths } from './shape.ts';

const jsonBody = {
  type: 'object',
  required: ['targets'],
  properties: {
    targets: {
      type: 'array',
      items: { type: 'string' },
      description: { zh: '目标账号 ID 或分组 ID 列表', en: 'Ids of the accounts or groups that send' },
    },
    type: {
      type: 'string',
      enum: ['text', 'image', 'file', 'video'],
      default: 'text',
      description: { zh: '消息类型', en: 'What is sent' },
    },
    message: {
      type: 'string',
      description: { zh: '文本消息内容（type=text 时必填）', en: 'The text (needed where type is text)' },
    },
    file_path: {
      type: 'string',
      description: {
        zh: '文件路径（type 非 text 时必填）：相对于 WXGRAPH_MEDIA_ROOTS 里的一个目录，或其中的绝对路径',
        en: 'The file (needed where type is not text): in one of the folders of WXGRAPH_MEDIA_ROOTS, relative or absolute',
      },
    },
    file_name: { type: 'string', description: { zh: '文件名（可选）', en: 'The name that it is sent under' } },
    to: {
      oneOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }],
      description: {
        zh: '接收者：联系人 ID、wxid 或唯一的名称；一个或多个。不填则发给账号绑定的默认接收者',
        en: "Receivers, one or several: a contact's id, a wxid, or a name that one contact alone has. Left out: the account's default receiver",
      },
    },
    wait_ms: {
      type: 'integer',
      minimum: 0,
      maximum: 30_000,
      default: 30_000,
      description: {
        zh: '最多等待结果多少毫秒；0 立即返回',
        en: 'How many milliseconds to wait for the outcome; 0 answers at once',
      },
    },
  },
} as const;

export const sendPaths: Paths = {
  '/send': {
    post: {
      operationId: 'send',
      'x-effect': 'sends',
      tags: ['send'],
      summary: { zh: '发送消息（核心接口）', en: 'Send a message' },
      description: {
        zh: '每个账号、每个接收者一条记录，先写入磁盘再发送，最多发送一次。只要任务已建立就返回 200，结果在 results 里；结果未知（unknown）的消息可能已经发出，网关不会自动重发。',
        en: 'One line for each account and receiver, stored before it is sent and sent at most once. The answer is 200 as soon as there is a job, whatever becomes of it: see `results`. What is `unknown` may have been sent, and is never sent again by itself.',
      },
      parameters: [
        {
          name: 'Idempotency-Key',
          in: 'header',
          description: {
            zh: '同一个键加同样的内容只会有一个任务：超时后可以放心重试',
            en: 'The same key with the same body is one job, however often it is posted: safe to repeat after a time-out',
          },
          schema: { type: 'string' },
        },
      ],
      requestBody: {
        required: true,
        content: {
          'application/json': {
            schema: jsonBody,
            examples: {
              text: {
                summary: { zh: '文本', en: 'A text' },
                value: { targets: ['00001'], type: 'text', message: '要发送的消息内容' },
              },
              receivers: {
                summary: { zh: '指定接收者', en: 'To named receivers' },
                value: { targets: ['g001'], to: ['filehelper'], message: '你好' },
              },
              image: {
                summary: { zh: '图片', en: 'A picture' },
                value: { targets: ['00001'], type: 'image', file_path: 'holiday.png' },
              },
            },
          },
          'application/x-www-form-urlencoded': {
            schema: jsonBody,
            example: 'targets=00001,00002&message=hello',
          },
        },
      },
      responses: {
        '200': {
          description: { zh: '任务已建立', en: 'There is a job' },
          content: {
            'application/json': {
              schema: { $ref: '#/components/schemas/SendAnswer' },
              example: {
                success: true,
                total: 1,
                success_count: 1,
                failed_count: 0,
                unknown_count: 0,
                pending_count: 0,
                dropped_count: 0,
                send_id: 'job_12',
                results: {
                  '00001': {
                    success: true,
                    receiver: 'wxid_xxx',
                    response_time_ms: 150,
                    status: 'sent',
                    error: null,
                  },
                },
              },
            },
          },
        },
      },
    },
  },
  '/media': {
    post: {
      operationId: 'upload',
      tags: ['send'],
      summary: { zh: '上传文件', en: 'Upload a file' },
      description: {
        zh: '上传要发送的图片、文件、视频或语音，最大 100 MiB；返回的 id 用作 GraphQL 里的 mediaId。可以用表单，也可以直接把内容作为请求体（加 ?name=）。七天内没有发送的文件会被删除。',
        en: 'A picture, file, video or voice that is to be sent, up to 100 MiB; its `id` is the `mediaId` of GraphQL. As a form, or as the body itself with `?name=`. What nobody sends within seven days is deleted.',
      },
      parameters: [
        {
          name: 'name',
          in: 'query',
          description: { zh: '文件名，直接上传请求体时使用', en: 'The name, where the body is the file itself' },
          schema: { type: 'string' },
          example: 'holiday.png',
        },
      ],
      requestBody: {
        required: true,
        content: {
          'multipart/form-data': {
            schema: {
              type: 'object',
              required: ['file'],
              properties: {
                file: {
                  type: 'string',
                  contentMediaType: 'application/octet-stream',
                  description: { zh: '文件', en: 'The file' },
                },
              },
            },
            example: { file: '@holiday.png' },
          },
          'application/octet-stream': {
            schema: { type: 'string', contentMediaType: 'application/octet-stream' },
            example: '@holiday.png',
          },
        },
      },
      responses: {
        '201': {
          description: { zh: '已保存', en: 'It is kept' },
          content: {
            'application/json': {
              schema: { $ref: '#/components/schemas/UploadAnswer' },
              example: {
                success: true,
                media: { id: 'media_7', name: 'holiday.png', mime: 'image/png', size: 48213 },
              },
            },
          },
        },
      },
    },
  },
};
