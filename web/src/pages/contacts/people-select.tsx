import { Select } from 'antd';
import { useEffect, useState } from 'react';
import { useQuery } from 'urql';
import { graphql } from '../../graphql.ts';

const peopleDocument = graphql(`
  query People($accountId: ID!, $search: String) {
    contacts(first: 20, filter: { accountIds: [$accountId], kinds: [FRIEND], search: $search }) {
      nodes {
        id
        wxid
        displayName
      }
    }
  }
`);

type Props = { accountId: string; label: string; value: string[]; choose: (contactIds: string[]) => void };

const typingMs = 200;

/** Friends of an account, searched by the gateway: it may have tens of thousands. */
export function PeopleSelect({ accountId, label, value, choose }: Props) {
  const [typed, setTyped] = useState('');
  const [search, setSearch] = useState('');
  const [names, setNames] = useState<ReadonlyMap<string, string>>(new Map());
  useEffect(() => {
    const timer = setTimeout(() => setSearch(typed), typingMs);
    return () => clearTimeout(timer);
  }, [typed]);
  const [{ data, fetching }] = useQuery({ query: peopleDocument, variables: { accountId, search: search || null } });
  const found = data?.contacts?.nodes ?? [];
  const chosen = value.filter((id) => !found.some((one) => one.id === id));
  return (
    <Select
      mode="multiple"
      aria-label={label}
      placeholder={label}
      filterOption={false}
      loading={fetching}
      value={value}
      onSearch={setTyped}
      onChange={(ids: string[]) => {
        setNames(new Map([...names, ...found.map((one) => [one.id, one.displayName] as const)]));
        choose(ids);
      }}
      options={[
        ...found.map(({ id, displayName }) => ({ value: id, label: displayName })),
        ...chosen.map((id) => ({ value: id, label: names.get(id) ?? id })),
      ]}
      style={{ width: '100%' }}
    />
  );
}
