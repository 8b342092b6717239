/** Sends and what became of them. */
import { type Answer, type Stack, adminToken, query } from './stack.ts';

export type Line = {
  id: string;
  status: string;
  receiver: string;
  receiverContact: { id: string; wxid: string } | null;
  account: { id: string };
  confirmedBy: string | null;
  errorCode: string | null;
  errorMessage: string | null;
  attempts: number;
  responseTimeMs: number | null;
  message: { id: string; upstreamId: string; text: string; direction: string; sendLog: { id: string } } | null;
};

export const lineFields = `id status receiver receiverContact { id wxid } account { id } confirmedBy errorCode errorMessage
  attempts responseTimeMs message { id upstreamId text direction sendLog { id } }`;

export type Sending = {
  targets: string[];
  to?: string[];
  text?: string;
  /** In the place of a text. */
  content?: object;
  waitMs?: number;
  sendAt?: string;
  expiresAt?: string;
  idempotencyKey?: string;
};

export type Job = {
  id: string;
  total: number;
  successCount: number;
  failedCount: number;
  unknownCount: number;
  pendingCount: number;
  droppedCount: number;
  logs: { nodes: Line[] };
};

/** One `send` mutation as it is answered. */
export function trySend(
  stack: Stack,
  { text, content = { text }, ...input }: Sending,
  headers: Record<string, string> = {},
): Promise<Answer> {
  return query(
    stack.gateway.url,
    `mutation ($input: SendInput!) { send(input: $input) { cursor job { id total successCount failedCount unknownCount pendingCount
      droppedCount logs { nodes { ${lineFields} } } } } }`,
    { input: { ...input, content } },
    adminToken,
    headers,
  );
}

/** One `resend` mutation as it is answered. */
export function tryResend(
  stack: Stack,
  input: { logId: string; acknowledgeDuplicateRisk?: boolean; idempotencyKey?: string; waitMs?: number },
): Promise<Answer> {
  return stack.query(
    `mutation ($input: ResendInput!) { resend(input: $input) { cursor job { id total successCount logs { nodes { ${lineFields}
      resendOf { id } content } } } } }`,
    { input },
  );
}

/** Uploads a file; answers what it is from now on. */
export async function upload(
  stack: Stack,
  bytes: Uint8Array<ArrayBuffer>,
  name: string,
  token = adminToken,
): Promise<{ id: string; name: string | null; mime: string; size: number }> {
  const answer = await fetch(`${stack.gateway.url}/media?name=${encodeURIComponent(name)}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: bytes,
  });
  const { media } = (await answer.json()) as { media?: Awaited<ReturnType<typeof upload>> };
  if (answer.status !== 201 || !media) throw new Error(`the upload was answered with ${answer.status}`);
  return media;
}

/** Holds what an account sends, or lets it go. */
export async function pause(stack: Stack, id: string, paused: boolean): Promise<void> {
  const text =
    'mutation ($id: ID!, $paused: Boolean!) { updateAccount(input: { id: $id, pacing: { paused: $paused } }) { account { ready } } }';
  const { errors } = await stack.query(text, { id, paused });
  if (errors) throw new Error(JSON.stringify(errors));
}

/** The job of a send that is accepted. */
export async function send(stack: Stack, sending: Sending, headers?: Record<string, string>): Promise<Job> {
  const answer = await trySend(stack, sending, headers);
  if (answer.errors) throw new Error(JSON.stringify(answer.errors));
  return answer.data.send.job as Job;
}

export async function line(stack: Stack, id: string): Promise<Line> {
  return (await stack.query(`query ($id: ID!) { sendLog(id: $id) { ${lineFields} } }`, { id })).data.sendLog as Line;
}

/** The line once it stands so. */
export function lineThatIs(stack: Stack, id: string, status: string): Promise<Line> {
  return stack.until(async () => {
    const now = await line(stack, id);
    return now.status === status && now;
  });
}
