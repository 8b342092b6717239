import { Avatar } from 'antd';
import { useState } from 'react';
import { useClient } from 'urql';
import { graphql } from '../graphql.ts';

const pictureDocument = graphql(`
  query Picture($id: ID!) {
    node(id: $id) {
      id
      ... on Contact {
        avatarUrl
      }
      ... on ChatRoomMember {
        avatarUrl
      }
    }
  }
`);

type Props = { url: string | null; name: string; size?: number; id?: string };

/**
 * The picture of somebody; the first character of the name where there is none, or where it cannot be had. Addresses of pictures live
 * for ten minutes: with the id of the contact or member a new one is asked for once.
 */
export function Portrait({ url, name, size = 32, id }: Props) {
  const client = useClient();
  const [fresh, setFresh] = useState<{ of: string; url: string } | null>(null);

  async function ask(): Promise<void> {
    const { data } = await client.query(pictureDocument, { id: id! }, { requestPolicy: 'network-only' }).toPromise();
    if (data?.node && 'avatarUrl' in data.node && data.node.avatarUrl) setFresh({ of: url!, url: data.node.avatarUrl });
  }
  const isFresh = fresh !== null && fresh.of === url;
  return (
    <Avatar
      key={isFresh ? fresh.url : url}
      size={size}
      src={(isFresh ? fresh.url : url) ?? undefined}
      shape="square"
      alt=""
      style={{ background: '#5c6b73', flex: 'none' }}
      onError={() => {
        if (id !== undefined && url !== null && !isFresh && isOver(url)) void ask();
        return true;
      }}
    >
      {[...name][0]}
    </Avatar>
  );
}

/** Whether a signed address of the gateway has ended. */
export function isOver(url: string): boolean {
  return URL.canParse(url) && Number(new URL(url).searchParams.get('expires')) * 1000 <= Date.now();
}
