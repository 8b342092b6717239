import { useEffect, useState } from 'react';
import { useClient } from 'urql';
import { graphql } from '../../graphql.ts';
import { useInboxWords } from './words.ts';

const membersDocument = graphql(`
  query MentionableMembers($id: ID!, $search: String) {
    contact(id: $id) {
      __typename
      id
      ... on ChatRoom {
        members(first: 20, search: $search) {
          nodes {
            id
            wxid
            displayName
          }
        }
      }
    }
  }
`);

/** What WeChat calls everybody in a chat room. */
const everybody = 'notify@all';

/** Members of a chat room to mention, as they are searched; null: none can be. */
export function useMentions(roomId: string | null) {
  const text = useInboxWords();
  const client = useClient();
  const [asked, setAsked] = useState<string | null>(null);
  const [options, setOptions] = useState<{ key: string; value: string; label: string }[]>([]);
  const [isLoading, setLoading] = useState(false);
  // Those who were offered: a name in the text is one of them.
  const [known] = useState(() => new Map<string, string>());

  useEffect(() => {
    if (roomId === null || asked === null) return undefined;
    let isLeft = false;
    async function ask(): Promise<void> {
      setLoading(true);
      const { data } = await client.query(membersDocument, { id: roomId!, search: asked || null }).toPromise();
      if (isLeft) return;
      setLoading(false);
      const members = data?.contact?.__typename === 'ChatRoom' ? (data.contact.members?.nodes ?? []) : [];
      const offered = [...(asked === '' ? [{ wxid: everybody, displayName: text.everybody }] : []), ...members];
      for (const { wxid, displayName } of offered) known.set(displayName, wxid);
      setOptions(offered.map(({ wxid, displayName }) => ({ key: wxid, value: displayName, label: displayName })));
    }
    void ask();
    return () => {
      isLeft = true;
    };
  }, [client, roomId, asked]);

  return { options, isLoading, known, search: setAsked };
}

/**
 * A text and the wxids of those whose name stands in it after an @. Upstreams put the names of all who are mentioned before the text: those
 * that it begins with are taken off, or they would stand there twice.
 */
export function addressed(draft: string, known: ReadonlyMap<string, string>): { text: string; mentions: string[] } {
  // The longest names first: one may begin with another.
  const names = [...known.keys()].toSorted((a, b) => b.length - a.length);
  const found: string[] = [];
  let rest = `${draft} `;
  for (const name of names) {
    const without = rest.replaceAll(`@${name} `, ' ');
    if (without !== rest) found.push(name);
    rest = without;
  }
  let text = draft;
  for (let first: string | undefined; (first = found.find((name) => text.startsWith(`@${name} `))) !== undefined;) {
    text = text.slice(first.length + 2).trimStart();
  }
  return { text: text === '' ? draft : text, mentions: [...new Set(found.map((name) => known.get(name)!))] };
}
