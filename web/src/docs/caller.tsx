/** Who calls the routes from the documentation: who is signed in, or whoever a token names. */
import { createContext, use, useEffect, useState } from 'react';

type Scope = 'READ' | 'SEND' | 'ADMIN';
type Who = { scope: Scope; accounts: readonly { id: string; name: string }[] };

/** `madeId`: of a token that was made here, and ends with its use. */
type Token = { secret: string; madeId: string | null };

export type Caller = {
  /** Undefined while it is not known; null: nobody is signed in here. */
  session: Who | null | undefined;
  /** Wins over the session. Kept in this page alone. */
  token: (Token & { who: Who }) | null;
  /** Of the examples, the chosen one first; none where none is known. */
  accountIds: readonly string[];
  choose(accountId: string): void;
  /** Answers whether the token is a good one. */
  useToken(secret: string): Promise<boolean>;
  /** Makes a token that ends within the hour. ADMIN. Answers whether it could. */
  makeToken(scope: Scope): Promise<boolean>;
  forgetToken(): void;
  /** After a call that may have begun or ended the session. */
  again(): void;
};

const CallerContext = createContext<Caller | null>(null);
export const CallerProvider = CallerContext.Provider;

export function useCaller(): Caller {
  const caller = use(CallerContext);
  if (caller === null) throw new Error('Nobody calls here.');
  return caller;
}

const hourMs = 3_600_000;

export function useNewCaller(): Caller {
  const [session, setSession] = useState<Who | null | undefined>(undefined);
  const [token, setToken] = useState<Caller['token']>(null);
  const [chosen, setChosen] = useState<string | null>(null);
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    let isLeft = false;
    async function look(): Promise<void> {
      const who = await readSession().catch(() => null);
      if (!isLeft) setSession(who);
    }
    void look();
    return () => {
      isLeft = true;
    };
  }, [turn]);

  async function take(secret: string, madeId: string | null): Promise<boolean> {
    const who = await readWho(secret).catch(() => null);
    if (who !== null) setToken({ secret, madeId, who });
    return who !== null;
  }

  const ids = (token?.who ?? session)?.accounts.map(({ id }) => id) ?? [];
  return {
    session,
    token,
    accountIds: chosen !== null && ids.includes(chosen) ? [chosen, ...ids.filter((id) => id !== chosen)] : ids,
    choose: setChosen,
    useToken: (secret) => take(secret, null),
    async makeToken(scope) {
      const input = { name: '/docs', scope, expiresAt: new Date(Date.now() + hourMs).toISOString() };
      const data = await ask<{ createApiToken: { secret: string; token: { id: string } } | null }>(
        'mutation ($input: CreateApiTokenInput!) { createApiToken(input: $input) { secret token { id } } }',
        { input },
      ).catch(() => null);
      const made = data?.createApiToken;
      return made ? take(made.secret, made.token.id) : false;
    },
    forgetToken() {
      setToken(null);
      if (token?.madeId != null) {
        const end = 'mutation ($id: ID!) { revokeApiToken(id: $id) { deletedId } }';
        // One that cannot be ended now ends by itself.
        ask(end, { id: token.madeId }).catch(() => null);
      }
    },
    again: () => setTurn((before) => before + 1),
  };
}

async function readSession(): Promise<Who | null> {
  const response = await fetch('/session', { credentials: 'same-origin' });
  const { signedIn } = (await response.json()) as { signedIn: boolean };
  return signedIn ? readWho(null) : null;
}

async function readWho(token: string | null): Promise<Who | null> {
  const data = await ask<{ viewer: { scope: Scope } | null; accounts: { nodes: Who['accounts'] } | null }>(
    '{ viewer { scope } accounts(first: 100) { nodes { id name } } }',
    {},
    token,
  );
  return data?.viewer ? { scope: data.viewer.scope, accounts: data.accounts?.nodes ?? [] } : null;
}

/** The data of a document; null where it was refused. By the session unless a token is given. */
async function ask<Data>(query: string, variables: object, token: string | null = null): Promise<Data | null> {
  const response = await fetch('/graphql', {
    method: 'POST',
    credentials: token === null ? 'same-origin' : 'omit',
    headers: { 'content-type': 'application/json', ...(token !== null && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify({ query, variables }),
  });
  return response.ok ? (((await response.json()) as { data?: Data | null }).data ?? null) : null;
}
