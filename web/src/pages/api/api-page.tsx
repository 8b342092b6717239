/** What programs may do: documentation, an editor, what happens just now, and what to copy. */
import { Spin, Tabs } from 'antd';
import { type ComponentType, Suspense, lazy } from 'react';
import { useFilters } from '../../parts/filters.ts';
import { Callbacks } from './callbacks.tsx';
import { GraphiQL } from './graphiql.tsx';
import { Operations } from './operations.tsx';
import { useApiWords } from './words.ts';
import './api.css';

const Rest = lazy(async () => ({ default: (await import('../../docs/rest-docs.tsx')).RestDocs }));
const Monitor = lazy(async () => ({ default: (await import('./monitor.tsx')).Monitor }));

const tabs = ['rest', 'graphiql', 'events', 'operations', 'callbacks'] as const;
const contents: Record<(typeof tabs)[number], ComponentType> = {
  rest: Rest,
  graphiql: GraphiQL,
  events: Monitor,
  operations: Operations,
  callbacks: Callbacks,
};

export default function ApiPage() {
  const text = useApiWords();
  const filters = useFilters();
  const tab = tabs.find((one) => one === filters.text('tab')) ?? 'rest';
  return (
    <div className="page">
      <Tabs
        className="api-tabs"
        activeKey={tab}
        onChange={(next) => filters.set({ tab: next === 'rest' ? null : next })}
        destroyOnHidden
        items={tabs.map((key) => {
          const Content = contents[key];
          return {
            key,
            label: text.tabs[key],
            children: (
              <Suspense fallback={<Spin className="center" />}>
                <Content />
              </Suspense>
            ),
          };
        })}
      />
    </div>
  );
}
