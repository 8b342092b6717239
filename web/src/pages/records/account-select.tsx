import { Select } from 'antd';
import { graphql } from '../../graphql.ts';
import { usePages } from '../../parts/pages.ts';

const accountNamesDocument = graphql(`
  query AccountNames($after: String) {
    accounts(first: 100, after: $after) {
      nodes {
        id
        name
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);

type Props = { label: string; chosen: string[]; choose(ids: string[]): void };

/** Some of the accounts that the viewer sees; none stands for all of them. */
export function AccountSelect({ label, chosen, choose }: Props) {
  const { items, hasMore, isLoading, more } = usePages(accountNamesDocument, {}, ({ accounts }) => accounts);
  if (hasMore && !isLoading) queueMicrotask(more);
  return (
    <Select
      mode="multiple"
      allowClear
      maxTagCount="responsive"
      aria-label={label}
      placeholder={label}
      loading={isLoading}
      optionFilterProp="label"
      value={chosen}
      onChange={choose}
      options={items.map(({ id, name }) => ({ value: id, label: `${id} ${name}` }))}
      style={{ minWidth: 150 }}
    />
  );
}
