import { Drawer, Spin } from 'antd';
import { Failure } from '../../parts/failure.tsx';
import { ContactCard } from './contact-card.tsx';
import { useContact } from './contact.ts';

export default function ContactDrawer({ id, close }: { id: string; close: () => void }) {
  const { contact, error, again } = useContact(id);
  return (
    <Drawer open onClose={close} title={contact?.displayName ?? ''} size="min(480px, 100vw)">
      <Failure error={error} again={again} />
      {contact ? <ContactCard contact={contact} again={again} /> : !error && <Spin className="center" />}
    </Drawer>
  );
}
