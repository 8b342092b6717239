import { Input, Select } from 'antd';
import { DayField } from '../../parts/day-field.tsx';
import type { Filters } from '../../parts/filters.ts';
import { useCommon } from '../../words/common.ts';
import { AccountSelect } from './account-select.tsx';
import './records.css';
import { useRecordsWords } from './words.ts';

/** Which lines are shown; all of it stands in the address. */
export function FilterBar({ filters }: { filters: Filters }) {
  const text = useRecordsWords();
  const common = useCommon();
  const day = (name: 'from' | 'to') => (
    <DayField label={text[name]} value={filters.text(name) ?? ''} choose={(value) => filters.set({ [name]: value })} />
  );
  return (
    <div className="row" role="search">
      <Input.Search
        allowClear
        placeholder={text.search}
        aria-label={text.search}
        defaultValue={filters.text('search') ?? ''}
        onChange={({ target }) => filters.set({ search: target.value })}
        style={{ width: 170 }}
      />
      <span className="records-days">
        {day('from')}–{day('to')}
      </span>
      <Choice filters={filters} name="status" label={text.status} words={common.status} />
      <Choice filters={filters} name="type" label={text.type} words={common.sendType} />
      <AccountSelect
        label={text.account}
        chosen={filters.list('account')}
        choose={(account) => filters.set({ account })}
      />
      <Given filters={filters} name="receiver" label={text.receiver} />
      <Given filters={filters} name="job" label={text.job} />
    </div>
  );
}

type Part = { filters: Filters; name: string; label: string };

/** Some of a closed list. */
function Choice({ filters, name, label, words }: Part & { words: Record<string, string> }) {
  return (
    <Select
      mode="multiple"
      allowClear
      maxTagCount="responsive"
      aria-label={label}
      placeholder={label}
      value={filters.list(name)}
      onChange={(values) => filters.set({ [name]: values })}
      options={Object.entries(words).map(([value, word]) => ({ value, label: word }))}
      style={{ minWidth: 104 }}
    />
  );
}

/** Exact values that somebody types or pastes. */
function Given({ filters, name, label }: Part) {
  return (
    <Select
      mode="tags"
      allowClear
      open={false}
      suffixIcon={null}
      maxTagCount="responsive"
      tokenSeparators={[' ', ',', '，', '\n']}
      aria-label={label}
      placeholder={label}
      value={filters.list(name)}
      onChange={(values) => filters.set({ [name]: values })}
      style={{ minWidth: 104 }}
    />
  );
}
