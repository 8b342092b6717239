import { Select } from 'antd';
import { useAccounts } from '../../parts/accounts.ts';

type Props = { label: string; chosen: string[]; choose(ids: string[]): void };

/** Some of the accounts that the viewer sees; none stands for all of them. */
export function AccountSelect({ label, chosen, choose }: Props) {
  const accounts = useAccounts();
  return (
    <Select
      mode="multiple"
      allowClear
      maxTagCount="responsive"
      aria-label={label}
      placeholder={label}
      showSearch={{ optionFilterProp: 'label' }}
      value={chosen}
      onChange={choose}
      options={accounts.map(({ id, name }) => ({ value: id, label: `${id} ${name}` }))}
      style={{ minWidth: 140 }}
    />
  );
}
