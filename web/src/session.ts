/** Who uses the panel: by a session that the gateway's cookie names. */
import type { Client } from '@urql/core';
import { type ResultOf, graphql } from './graphql.ts';

const viewerDocument = graphql(`
  query Viewer {
    eventLog {
      head
    }
    viewer {
      scope
      accountIds
      token {
        id
        name
      }
    }
    gateway {
      version
      startedAt
      now
      timezone
      maxPageSize
      maxUploadBytes
      drivers {
        kind
        capabilities
      }
    }
  }
`);

type Answer = ResultOf<typeof viewerDocument>;
export type Viewer = NonNullable<Answer['viewer']> & {
  gateway: NonNullable<Answer['gateway']>;
  /** Where the log ended, before anything else was asked. */
  head: string;
};

/** The viewer; null where nobody is signed in. Throws where the gateway cannot be reached. */
export async function readViewer(client: Client): Promise<Viewer | null> {
  const session = await fetch('/session', { credentials: 'same-origin' });
  if (!session.ok) throw new Error(`${session.status} ${session.statusText}`);
  const { signedIn } = (await session.json()) as { signedIn: boolean };
  if (!signedIn) return null;
  const { data, error } = await client.query(viewerDocument, {}, { requestPolicy: 'network-only' }).toPromise();
  if (data?.viewer && data.gateway && data.eventLog) {
    return { ...data.viewer, gateway: data.gateway, head: data.eventLog.head };
  }
  throw error ?? new Error('The gateway did not say who is signed in.');
}

/** Exchanges a token for a session. Answers in which way it failed, or null. */
export async function signIn(token: string): Promise<'wrong' | 'throttled' | 'unreachable' | null> {
  try {
    const response = await fetch('/session', {
      method: 'POST',
      credentials: 'same-origin',
      headers: { authorization: `Bearer ${token}` },
    });
    if (response.ok) return null;
    return response.status === 429 ? 'throttled' : 'wrong';
  } catch {
    return 'unreachable';
  }
}

/** Ends the session, for this browser and for whoever has copied its cookie. */
export async function signOut(): Promise<void> {
  await fetch('/session', { method: 'DELETE', credentials: 'same-origin' }).catch(() => undefined);
}
