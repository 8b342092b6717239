import { Space } from 'antd';
import { Link } from 'wouter';
import { useCommon } from '../../words/common.ts';
import { ContactCard } from '../contacts/contact-card.tsx';
import { useContact } from '../contacts/contact.ts';
import { Failure } from '../../parts/failure.tsx';

/** Whom the conversation is with. */
export default function InfoPane({ id }: { id: string }) {
  const common = useCommon();
  const { contact, error, again } = useContact(id);
  return (
    <>
      <Failure error={error} again={again} />
      {contact && (
        <Space orientation="vertical" size="middle" style={{ width: '100%' }}>
          <ContactCard contact={contact} again={again} />
          <Space wrap>
            <Link href={`/panel/contacts?account=${contact.account.id}&contact=${contact.id}`}>
              {common.pages.contacts}
            </Link>
            <Link href={`/panel/records?account=${contact.account.id}&receiver=${encodeURIComponent(contact.wxid)}`}>
              {common.pages.records}
            </Link>
            <Link href={`/panel/accounts?account=${contact.account.id}`}>{common.pages.accounts}</Link>
          </Space>
        </Space>
      )}
    </>
  );
}
