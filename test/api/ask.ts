/** What the tests of the API ask again and again. */
import { expect } from 'vitest';
import { type Answer, type Stack, follow, openwxText, post } from '../end-to-end/stack.ts';

/** The only error of an answer: its code and whatever else is expected of it. */
export function expectError(answer: Answer, code: string, more: Record<string, unknown> = {}): void {
  expect(answer.errors, JSON.stringify(answer).slice(0, 500)).toHaveLength(1);
  expect(answer.errors![0]!.extensions).toMatchObject({ code, ...more });
  expect(answer.errors![0]!.extensions['requestId']).toEqual(expect.stringMatching(/./));
}

/** The data of an answer that has no errors. */
export function dataOf(answer: Answer): Answer['data'] {
  expect(answer.errors, JSON.stringify(answer.errors)).toBeUndefined();
  return answer.data;
}

export type Connection = {
  nodes: { id: string }[];
  edges: { cursor: string; node: { id: string } }[];
  pageInfo: {
    hasNextPage: boolean;
    hasPreviousPage: boolean;
    startCursor: string | null;
    endCursor: string | null;
  };
  totalCount?: number;
};

export const pageFields = `
  nodes { id }
  edges { cursor node { id } }
  pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
`;

/** All ids of a list, a page of `first` after the other; checks on the way that each page says the truth about itself. */
export async function walk(
  read: (page: { first: number; after: string | null }) => Promise<Connection>,
  first: number,
): Promise<string[]> {
  const ids: string[] = [];
  let after: string | null = null;
  for (;;) {
    const page: Connection = await read({ first, after });
    const cursors = page.edges.map((edge) => edge.cursor);
    expect(page.nodes.map((node) => node.id)).toEqual(page.edges.map((edge) => edge.node.id));
    expect(page.pageInfo).toMatchObject({
      hasPreviousPage: after !== null,
      startCursor: cursors[0] ?? null,
      endCursor: cursors.at(-1) ?? null,
    });
    expect(page.nodes.length).toBeLessThanOrEqual(first);
    if (page.pageInfo.hasNextPage) expect(page.nodes).toHaveLength(first);
    ids.push(...page.nodes.map((node) => node.id));
    if (!page.pageInfo.hasNextPage) return ids;
    after = page.pageInfo.endCursor;
  }
}

/** A token that was made through the API. */
export async function makeToken(
  stack: Stack,
  scope: 'READ' | 'SEND' | 'ADMIN',
  more: { accountIds?: string[]; expiresAt?: string } = {},
): Promise<{ id: string; secret: string }> {
  const answer = await stack.query(
    'mutation ($input: CreateApiTokenInput!) { createApiToken(input: $input) { secret token { id } } }',
    { input: { name: `${scope} token`, scope, ...more } },
  );
  const { secret, token } = dataOf(answer).createApiToken;
  return { id: token.id, secret };
}

let nextUpstreamId = 7_300_000_000_000_000_001n;

/** A message of a friend that the account's upstream posts; answers its upstream id when it is stored. */
export async function receive(stack: Stack, text: string, more: Receiving = {}): Promise<string> {
  const { account = 0, ...fields } = more;
  const id = String(nextUpstreamId++);
  const answer = await post(stack.callbackUrls[account]!, openwxText(id, text, fields));
  expect(answer.status).toBe(200);
  return id;
}

type Receiving = { account?: number } & Record<string, unknown>;

/** Fields of a message in a chat room. */
export function inRoom(room: string, name: string): Record<string, unknown> {
  return { type: 'group_message', group_id: room, group: name, group_name: name, group_uid: '' };
}

/** Sends a text to the default receiver and waits for the outcome. */
export async function send(stack: Stack, targets: string[], text: string, to?: string[]) {
  const answer = await stack.query(
    `mutation ($input: SendInput!) {
      send(input: $input) { cursor job { id total successCount pendingCount logs { nodes { id status } } } }
    }`,
    { input: { targets, content: { text }, waitMs: 20_000, ...(to && { to }) } },
  );
  return dataOf(answer).send as {
    cursor: string;
    job: {
      id: string;
      total: number;
      successCount: number;
      pendingCount: number;
      logs: { nodes: { id: string; status: string }[] };
    };
  };
}

/** Waits until the contacts of every account have been fetched. */
export async function contactsFetched(stack: Stack): Promise<void> {
  await stack.until(async () => {
    const { data } = await stack.query('{ accounts(first: 100) { nodes { contactSync { state } } } }');
    return data.accounts.nodes.every(
      (account: { contactSync: { state: string } }) => account.contactSync.state === 'DONE',
    );
  });
}

/** The position of the log's end. */
export async function headOf(stack: Stack): Promise<string> {
  return dataOf(await stack.query('{ eventLog { head } }')).eventLog.head;
}

/** A position as the gateway makes it: tests may forge what clients may not. */
export function forge(cursor: string, change: { epoch?: string; seq?: number }): string {
  const [, epoch, seq] = Buffer.from(cursor, 'base64url').toString().split('.');
  return Buffer.from(`e.${change.epoch ?? epoch}.${change.seq ?? seq}`).toString('base64url');
}

/** The errors of a subscription that is refused: one frame without a value, then its end. */
export async function refusal(
  stack: Stack,
  text: string,
  variables: Record<string, unknown> = {},
  token?: string,
): Promise<unknown> {
  const following = follow(stack.client(token), text, variables);
  const ended = await following.ended;
  if (following.frames.length === 0) return ended;
  expect(following.frames).toHaveLength(1);
  for (const value of Object.values(following.frames[0]!.data ?? {})) expect(value).toBeNull();
  return following.frames[0]!.errors;
}
