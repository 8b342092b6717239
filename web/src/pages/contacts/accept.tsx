import { Button, Space } from 'antd';
import { useState } from 'react';
import { graphql } from '../../graphql.ts';
import { useAction } from '../../parts/action.ts';
import { SameAs } from '../../parts/same-as.tsx';
import { useMay } from '../../parts/viewer.ts';
import { useContactsWords } from './words.ts';

const acceptDocument = graphql(`
  mutation AcceptFriend($messageId: ID!) {
    acceptFriendRequest(messageId: $messageId) {
      contact {
        id
        displayName
      }
    }
  }
`);

/** Accepts what a message asks. */
export function Accept({ messageId }: { messageId: string }) {
  const text = useContactsWords();
  const maySend = useMay('SEND');
  const [accept, isAccepting] = useAction(acceptDocument);
  const [isDone, setDone] = useState(false);
  return (
    <Space size={4}>
      <Button
        size="small"
        type="primary"
        disabled={!maySend || isDone}
        loading={isAccepting}
        onClick={async () => setDone((await accept({ messageId })) !== null)}
      >
        {isDone ? text.accepted : text.accept}
      </Button>
      <SameAs size="small" document={acceptDocument} variables={{ messageId }} />
    </Space>
  );
}
