import { Drawer, Spin } from 'antd';
import { Link } from 'wouter';
import { Failure } from '../../parts/failure.tsx';
import { ContactCard } from './contact-card.tsx';
import { useContact } from './contact.ts';
import { useContactsWords } from './words.ts';

export default function ContactDrawer({ id, close }: { id: string; close: () => void }) {
  const text = useContactsWords();
  const { contact, error, again } = useContact(id);
  return (
    <Drawer
      open
      onClose={close}
      title={contact?.displayName ?? ''}
      extra={
        contact && (
          <Link href={contact.chat ? `/panel/inbox?chat=${contact.chat.id}` : `/panel/inbox?contact=${id}`}>
            {text.openChat}
          </Link>
        )
      }
      size="min(480px, 100vw)"
    >
      <Failure error={error} again={again} />
      {contact ? <ContactCard contact={contact} again={again} /> : !error && <Spin className="center" />}
    </Drawer>
  );
}
