/** What E云 answers: `code` is text, whatever happens in business is HTTP 200. */

export type Told = { code: '1000' | '1001'; message: string; data?: unknown };

export function good(data: unknown = null, message = '成功'): Told {
  return { code: '1000', message, data };
}

export function bad(message = '失败'): Told {
  return { code: '1001', message, data: null };
}
