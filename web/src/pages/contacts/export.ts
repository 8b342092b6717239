import { useState } from 'react';
import { useClient } from 'urql';
import { saveFile, toCsv } from '../../parts/csv.ts';
import { describe } from '../../parts/failure.tsx';
import { useSay } from '../../parts/say.tsx';
import { useCommon } from '../../words/common.ts';
import { type ContactFilter, type ContactRow, contactsDocument } from './contact.ts';
import { useContactsWords } from './words.ts';

/** Brings all that the filter lets through into a file; how many are there so far, while it does. */
export function useExport(filter: ContactFilter): [run: () => Promise<void>, exported: number | null] {
  const text = useContactsWords();
  const common = useCommon();
  const client = useClient();
  const say = useSay();
  const [exported, setExported] = useState<number | null>(null);

  async function run(): Promise<void> {
    const contacts: ContactRow[] = [];
    setExported(0);
    for (let after: string | null = null; ;) {
      const { data, error } = await client
        .query(contactsDocument, { filter, after }, { requestPolicy: 'network-only' })
        .toPromise();
      if (!data?.contacts) {
        setExported(null);
        return void say.error(error && !error.networkError ? describe(error) : common.unreachable, 6);
      }
      contacts.push(...data.contacts.nodes);
      setExported(contacts.length);
      if (!data.contacts.pageInfo.hasNextPage) break;
      after = data.contacts.pageInfo.endCursor;
    }
    setExported(null);
    const rows = contacts.map((contact) => [
      contact.account.id,
      contact.account.name,
      common.contactKind[contact.kind],
      contact.displayName,
      contact.name,
      contact.remark,
      contact.__typename === 'Friend' ? contact.alias : null,
      contact.wxid,
    ]);
    saveFile('contacts.csv', toCsv([text.columns.split(','), ...rows]));
  }
  return [run, exported];
}
