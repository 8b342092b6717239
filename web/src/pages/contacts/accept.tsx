import { Button } from 'antd';
import { useState } from 'react';
import { graphql } from '../../graphql.ts';
import { useAction } from '../../parts/action.ts';
import { useMay } from '../../parts/viewer.ts';
import { useContactsWords } from './words.ts';

export const acceptDocument = graphql(`
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
    <Button
      size="small"
      type="primary"
      disabled={!maySend || isDone}
      loading={isAccepting}
      onClick={async () => setDone((await accept({ messageId })) !== null)}
    >
      {isDone ? text.accepted : text.accept}
    </Button>
  );
}
