import { Segmented, Spin } from 'antd';
import { type ComponentType, Suspense } from 'react';
import { useFilters } from './filters.ts';

export type Section<Name extends string> = { name: Name; Content: ComponentType };

type Props<Name extends string> = {
  label: string;
  sections: readonly Section<Name>[];
  titles: Readonly<Record<Name, string>>;
  /** The one that is shown where the address names none. */
  initial: Name;
};

/** Parts of one page, one at a time; which one stands in the address. */
export function Sections<Name extends string>({ label, sections, titles, initial }: Props<Name>) {
  const filters = useFilters();
  const { name, Content } =
    sections.find((one) => one.name === filters.text('tab')) ?? sections.find((one) => one.name === initial)!;
  return (
    <div className="page">
      <div className="sections">
        <Segmented
          aria-label={label}
          value={name}
          options={sections.map((one) => ({ value: one.name, label: titles[one.name] }))}
          onChange={(tab) => filters.set({ tab })}
        />
      </div>
      <Suspense fallback={<Spin className="center" />}>
        <Content />
      </Suspense>
    </div>
  );
}
