/** The editor for queries, from local files alone. */
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { renderGraphiQL } from '@graphql-yoga/render-graphiql';

export type Editor = { html: Buffer; gzipped: Buffer; policy: (host: string) => string; etag: string };

/** Queries that a newcomer tries first, one a tab. */
export const tabs: readonly string[] = [
  `# Every account and how it is. Run a query with Ctrl+Enter.
query Accounts {
  accounts {
    totalCount
    nodes { id name driver state stateReason ready unreadCount capabilities }
  }
}
`,
  `# Each message once, as it comes in. Leave it running.
subscription Messages {
  messageReceived {
    id
    account { id name }
    chat { id contact { displayName } }
    sender { displayName isSelf }
    direction
    kind
    text
    sentAt
    cursor
  }
}
`,
  `# One message from one account. "to" takes a contact's id, its wxid, or a name that only one contact has.
mutation Send {
  send(input: { targets: ["00001"], to: ["filehelper"], content: { text: "Hello from wxgraph" } }) {
    job {
      id total successCount failedCount unknownCount pendingCount
      logs { nodes { id receiver status errorCode errorMessage } }
    }
    cursor
  }
}
`,
  `# An inbox: the chats with the newest message first, and the point to subscribe from.
query Inbox {
  eventLog { head }
  chats(first: 20) {
    nodes {
      id unreadCount
      account { id name }
      contact { displayName kind }
      lastMessage { sender { displayName } text sentAt }
    }
    pageInfo { hasNextPage endCursor }
  }
}
`,
  `# What was sent, newest first.
query Logs {
  logs(first: 20) {
    nodes { id account { id name } receiver type content status confirmedBy errorCode errorMessage responseTimeMs createdAt }
    pageInfo { hasNextPage endCursor }
  }
}
`,
  `# Sends and receipts of the last seven days.
query Statistics {
  stats(days: 7) {
    total successCount failedCount unknownCount successRate received
    byDay { date total successCount failedCount unknownCount received }
    byAccount { account { id name } total successCount failedCount received }
  }
}
`,
  `# Everything that happens, from the log's oldest event on or from any cursor: variables {"after": "…"}.
subscription Events($after: String) {
  events(after: $after) {
    __typename
    cursor
    at
    account { id name }
    ... on MessageReceived { message { text sender { displayName } } }
    ... on ClientStateChanged { from to reason }
    ... on SendUpdated { log { id status receiver } }
    ... on CaughtUp { replayed }
  }
}
`,
  `# A list and the log's head in one query: subscribe with after: head, and nothing falls between the two.
query HeadAndList {
  eventLog { head oldest retentionDays }
  messages(last: 10) {
    edges { cursor node { id text direction sentAt } }
    pageInfo { hasPreviousPage startCursor }
  }
}
`,
];

let rendered: Promise<Editor> | undefined;

/** Rendered at its first use: it is nine megabytes. */
export function editor(): Promise<Editor> {
  rendered ??= renderEditor();
  return rendered;
}

async function renderEditor(): Promise<Editor> {
  const text = renderGraphiQL({
    title: 'wxgraph GraphiQL',
    endpoint: '/graphql',
    subscriptionsProtocol: 'WS',
    credentials: 'same-origin',
    defaultTabs: tabs.map((query) => ({ query })),
    defaultEditorToolsVisibility: true,
    shouldPersistHeaders: false,
  });
  const html = Buffer.from(text);
  const scripts = [...text.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(
    ([, script]) => `'sha256-${createHash('sha256').update(script!).digest('base64')}'`,
  );
  return {
    html,
    gzipped: await promisify(gzip)(html, { level: 6 }),
    etag: `"${createHash('sha256').update(html).digest('hex').slice(0, 16)}"`,
    policy: (host) =>
      [
        "default-src 'none'",
        `script-src ${scripts.join(' ')} blob:`,
        "style-src 'unsafe-inline'",
        "font-src 'self' data:",
        "img-src 'self' data: blob:",
        'worker-src blob:',
        // Not every browser counts WebSockets of the same host among 'self'.
        `connect-src 'self' ws://${host} wss://${host}`,
        // The panel shows it among its own pages.
        "frame-ancestors 'self'",
        "base-uri 'none'",
        "form-action 'none'",
      ].join('; '),
  };
}
