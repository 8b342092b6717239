/** Failures in E云's shape and words. */
import { GatewayError } from '../../resolvers/errors.ts';
import type { ErrorCode } from '../../words.ts';
import { type Told, bad } from './told.ts';

/** Clients look for these, to the letter. */
export const notLoggedIn = 'wId已注销或二维码失效，请重新登录';
export const codeExpired = '二维码已过期';
export const outcomeUnknown = '发送结果未知,请勿重发';

const words: Record<ErrorCode, string> = {
  BAD_INPUT: '参数错误',
  NOT_FOUND: '不存在',
  CONFLICT: '请求冲突',
  UNAUTHENTICATED: 'Authorization无效',
  FORBIDDEN: '没有权限',
  UNSUPPORTED: '此账号不支持该操作',
  AMBIGUOUS_RECEIVER: '接收方不唯一，未发送',
  NO_RECEIVER: '缺少接收方',
  NOT_READY: notLoggedIn,
  RATE_LIMITED: '操作过于频繁，请稍后再试',
  TOO_LARGE: '内容过大',
  URL_NOT_ALLOWED: '不允许访问该地址',
  PATH_NOT_ALLOWED: '不允许访问该路径',
  UPSTREAM_UNREACHABLE: '无法连接上游',
  UPSTREAM_REJECTED: '上游拒绝',
  UPSTREAM_TIMEOUT: '上游超时，结果未知',
  CURSOR_INVALID: '参数错误',
  UNAVAILABLE: '网关暂不可用',
  INTERNAL: '网关内部错误',
};

/** A failure as it is told, with the gateway's own words behind E云's where those do not say it all. */
export function toldOf(code: ErrorCode, message: string): Told {
  const isWhole = code === 'NOT_READY' || code === 'UNAUTHENTICATED' || code === 'INTERNAL';
  return bad(isWhole ? words[code] : `${words[code]}：${message}`);
}

/** The login instance is not there: it never was, or its account is offline. */
export function loggedOut(): GatewayError {
  return new GatewayError('NOT_READY', 'This account is not logged in.');
}
